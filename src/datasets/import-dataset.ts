import type { StoredProblem } from "../ports/problem-store";
import { readDataset } from "./read-dataset";
import type { ReadOptions, ReadProgress, ReadSummary, RowReport } from "./read-options";
import type { DatasetSource } from "./source";

/** A dataset that was read to its end: ready to be kept, and what to tell about it. */
export interface ImportedDataset extends ReadSummary {
  readonly problems: readonly StoredProblem[];
  /** One for each row. */
  readonly rows: readonly RowReport[];
}

/** Milliseconds of work after which others have their turn: the window that imports must go on answering. */
const TURN_MS = 40;

/** Reads a whole dataset; see {@link readDataset}. @throws what that throws. */
export async function importDataset(
  source: DatasetSource,
  { onProgress, ...options }: ReadOptions & { readonly onProgress?: (progress: ReadProgress) => void } = {},
): Promise<ImportedDataset> {
  const problems: StoredProblem[] = [];
  const rows: RowReport[] = [];
  const reading = readDataset(source, options);
  let turn = performance.now();
  for (;;) {
    const next = await reading.next();
    if (next.done) return { ...next.value, problems, rows };
    const { problem, progress, ...report } = next.value;
    rows.push(report);
    if (problem) problems.push(problem);
    onProgress?.(progress);
    if (performance.now() - turn > TURN_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      turn = performance.now();
    }
  }
}
