import type { Language } from "../src/core/problem";
import type { RowValue, SourceRow } from "../src/datasets/rows/json";
import { openRows, type Reading } from "../src/datasets/sources/open";
import { idOf, type JudgedCases, type JudgedRow, totalsOf } from "../src/sandbox/cases";
import type { HeadlessLab } from "./browser";
import { sourceOf } from "./dataset";

/** Rows and bytes of the file that go to the page at once, at most: a file of any size passes through. */
const BATCH_ROWS = 5_000;
const BATCH_BYTES = 8_000_000;

/** Rows of a cases file, and how much of the file was read when the last of them had come. */
interface Batch {
  readonly rows: readonly SourceRow[];
  /** From 0 to 1. */
  readonly read: number;
}

/**
 * Opens a cases file: its rows, a batch at a time. A row that is not JSON is one with a fault.
 * @param limit rows of a batch, at most.
 * @throws LabError `input/*` when the file is missing; the batches, when it is empty or no text.
 */
export async function openCases(file: string, limit = BATCH_ROWS): Promise<AsyncGenerator<Batch>> {
  return batches(await openRows(await sourceOf(file), {}), limit);
}

async function* batches({ rows, progress }: Reading, limit: number): AsyncGenerator<Batch> {
  const batch: SourceRow[] = [];
  let since = 0;
  const take = (): Batch => {
    const { bytes, totalBytes } = progress();
    since = bytes;
    return { rows: batch.splice(0), read: totalBytes ? bytes / totalBytes : 1 };
  };
  for await (const row of rows) {
    batch.push(row);
    if (batch.length >= limit || progress().bytes - since >= BATCH_BYTES) yield take();
  }
  if (batch.length > 0) yield take();
}

/** Judges a cases file in the sandbox of the headless page, batch after batch; tells of each. */
export async function judgeFile(
  batches: AsyncIterable<Batch>,
  language: Language,
  lab: Pick<HeadlessLab, "call">,
  say: (line: string) => void,
): Promise<JudgedCases> {
  const all: JudgedRow[] = [];
  for await (const { rows, read } of batches) {
    const whole = rows.flatMap((row): readonly RowValue[] => ("value" in row ? [row.value] : []));
    const judged = [...(whole.length === 0 ? [] : (await lab.call("judge", { language, rows: whole })).rows)];
    for (const row of rows) {
      if ("value" in row) all.push(judged.shift() as JudgedRow);
      else all.push({ id: idOf(row.columns), verdicts: [], error: row.fault });
    }
    say(`${all.length} rows judged, ${Math.floor(100 * read)} % of the file`);
  }
  return { rows: all, totals: totalsOf(all) };
}
