import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { LabError } from "../src/core/errors";
import { formatNamed } from "../src/datasets/formats/registry";
import { type ImportedDataset, importDataset } from "../src/datasets/import";
import type { CheckedReferences } from "../src/datasets/references";
import type { ImportInput } from "../src/ports/problem-importer";
import type { StoredProblem } from "../src/ports/problem-store";

/** Which dataset to read. */
export interface DatasetGiven {
  /** A path, or an address that begins with `https://`. */
  readonly file: string;
  /** Without it, the columns tell. */
  readonly format?: string;
  /** How many tests the search may see; without it, the format's own rule. */
  readonly visible?: number;
  /** Problems to take at most. */
  readonly limit?: number;
}

/** What `lab dataset` prints: what was read, and of each row that was not taken why. */
export interface DatasetReport {
  readonly collection: ImportedDataset["collection"];
  readonly rows: number;
  readonly taken: number;
  readonly refused: readonly { readonly row: number; readonly id: string | null; readonly reason: string }[];
  /** What to know about the rows that were taken, and how many say so. */
  readonly remarks: readonly { readonly remark: string; readonly rows: number }[];
  readonly interruption: string | null;
}

/** What `lab dataset --check` prints. A row that was not taken counts as failed. */
export interface DatasetCheck {
  readonly rows: number;
  readonly passed: number;
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
  readonly wallMs: number;
}

/** Reads a dataset. @throws LabError `input/*` when nothing can be read of it. */
export async function readDatasetFile(given: DatasetGiven): Promise<ImportedDataset> {
  const dataset = await importDataset(await sourceOf(given.file), {
    ...(given.format === undefined ? {} : { format: formatNamed(given.format).name }),
    ...(given.visible === undefined ? {} : { visibleCount: given.visible }),
  });
  const { limit } = given;
  return limit === undefined ? dataset : { ...dataset, problems: dataset.problems.slice(0, limit) };
}

/** What to print about a dataset that was read. */
export function datasetReport({ collection, problems, rows, interruption }: ImportedDataset): DatasetReport {
  const counts = new Map<string, number>();
  for (const remark of rows.filter(({ taken }) => taken).flatMap(({ remarks }) => remarks)) {
    counts.set(remark, (counts.get(remark) ?? 0) + 1);
  }
  return {
    collection,
    rows: rows.length,
    taken: problems.length,
    refused: refusals(rows),
    remarks: [...counts].map(([remark, count]) => ({ remark, rows: count })),
    interruption,
  };
}

/**
 * Runs the references of a dataset's problems on their own tests.
 * @param check does it: `checkReferences` over the sandbox of the headless page.
 */
export async function checkDataset(
  { problems, rows }: ImportedDataset,
  check: (problems: readonly StoredProblem[]) => Promise<CheckedReferences>,
): Promise<DatasetCheck> {
  const { passed, failed, wallMs } = await check(problems);
  const refused = refusals(rows).map(({ row, id, reason }) => ({
    id: id ?? `row ${row}`,
    reason: `Not taken: ${reason}`,
  }));
  return { rows: problems.length + refused.length, passed, failed: [...refused, ...failed], wallMs };
}

function refusals(rows: ImportedDataset["rows"]): DatasetReport["refused"] {
  return rows.filter(({ taken }) => !taken).map(({ row, id, remarks }) => ({ row, id, reason: remarks.join(" ") }));
}

/** What `--file` names. It is read piece by piece, however large it is. @throws LabError `input/file` when it cannot be. */
export async function sourceOf(file: string): Promise<ImportInput> {
  if (/^https?:\/\//i.test(file)) return { kind: "url", url: file };
  const found = await stat(file).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === "ENOENT") throw new LabError("input/file", `There is no file ${file}.`, "Check the path.");
    throw new LabError("input/file", `The file ${file} cannot be read (${thrown.code}).`, "Check its permissions.");
  });
  if (found.isDirectory()) throw new LabError("input/file", `${file} is a folder, not a file.`, "Name a file in it.");
  return { kind: "file", name: basename(file), data: await openAsBlob(file) };
}
