import { LabError } from "../core/errors";
import type { Collection, StoredProblem } from "../ports/problem-store";
import type { DatasetFormat, FormatName, RowValue } from "./format";
import { detectFormat, FORMATS, formatNamed } from "./formats/registry";
import { plainText } from "./json-value";
import { openRows, type Reading } from "./open-rows";
import { slug } from "./problem-id";
import type { ReadOptions, ReadProgress } from "./read-options";
import type { SourceRow } from "./row";
import { shapeFault } from "./row-error";
import type { DatasetSource } from "./source";

/** What became of one row. */
export interface RowReport {
  /** From 1, in the order of the source. */
  readonly row: number;
  readonly id: string | null;
  readonly taken: boolean;
  /** Why it was not taken, or what to know about it: sentences. */
  readonly remarks: readonly string[];
}

/** What became of one row, as it is read. */
export interface RowOutcome extends RowReport {
  /** Null when the row was not taken. */
  readonly problem: StoredProblem | null;
  readonly progress: ReadProgress;
}

/** What is told at the end. */
export interface ReadSummary {
  readonly collection: Omit<Collection, "size" | "importedAt">;
  /** Why the source broke off before its end, and what to do; null when all of it was read. */
  readonly interruption: string | null;
}

/** Rows that are looked at to tell the format. */
const LOOKED_AT = 20;
const MAX_REFERENCES = 10;

/**
 * Reads a dataset row by row: a row that cannot be taken is reported with its reason and the others go on. What was read before the
 * source broke off counts.
 * @throws LabError `input/*` when nothing can be read: no such address, no dataset, no known format, no rows; the reason of `signal`.
 */
export async function* readDataset(
  source: DatasetSource,
  options: ReadOptions = {},
): AsyncGenerator<RowOutcome, ReadSummary> {
  const reading = await openRows(source, options);
  const opening = await firstRows(reading);
  const format = chosenFormat(opening.rows, options.format, reading.name);
  const take = rowTaker(format, reading.name, options);
  let number = 0;
  let interruption = opening.interruption;
  for await (const row of opening.rows) yield outcome(row);
  if (interruption === null) {
    try {
      for await (const row of reading.rows) yield outcome(row);
    } catch (thrown) {
      interruption = sentenceOf(thrown, options.signal);
    }
  }
  return { collection: collectionOf(format, reading.name, options), interruption };

  function outcome(row: SourceRow): RowOutcome {
    options.signal?.throwIfAborted();
    number += 1;
    return { ...take(row, number), progress: { ...reading.progress(), rows: number } };
  }
}

interface Opening {
  readonly rows: readonly SourceRow[];
  readonly interruption: string | null;
}

/** The rows that tell the format; an interruption among them counts only when there are any. */
async function firstRows(reading: Reading): Promise<Opening> {
  const rows: SourceRow[] = [];
  try {
    while (rows.length < LOOKED_AT) {
      const next = await reading.rows.next();
      if (next.done) break;
      rows.push(next.value);
    }
  } catch (thrown) {
    if (rows.length === 0) throw thrown;
    return { rows, interruption: sentenceOf(thrown) };
  }
  if (rows.length === 0) throw new LabError("input/empty", `${reading.name} has no rows.`, "Choose another file.");
  return { rows, interruption: null };
}

/** What broke a source off, for people. @throws what it was given when that is no LabError, or the reading was cancelled. */
function sentenceOf(thrown: unknown, signal?: AbortSignal): string {
  if (!(thrown instanceof LabError) || signal?.aborted) throw thrown;
  return `${thrown.message} ${thrown.hint}`.trim();
}

function chosenFormat(rows: readonly SourceRow[], name: FormatName | undefined, source: string): DatasetFormat {
  const values = rows.flatMap((row) => ("value" in row ? [row.value] : []));
  if (values.length === 0) {
    const [first] = rows.flatMap((row) => ("fault" in row ? [row.fault] : []));
    throw new LabError("input/not-a-dataset", `${source} cannot be read as a dataset. Row 1: ${first}`, FORMS);
  }
  const detected = detectFormat(values);
  if (name === undefined) {
    if (detected) return detected;
    const columns = Object.keys(values[0] ?? {})
      .slice(0, 8)
      .join(", ");
    throw new LabError(
      "input/format",
      `The rows of ${source} have no known format; their columns are ${columns}.`,
      FORMS,
    );
  }
  const format = formatNamed(name);
  if (values.some((row) => format.columns.every((column) => column in row))) return format;
  const missing = format.columns.filter((column) => !values.some((row) => column in row));
  throw new LabError(
    "input/wrong-format",
    `The rows of ${source} are not in the format ${format.name}: the column ${missing[0] ?? format.columns[0]} is missing.`,
    detected ? `They look like ${detected.name}.` : FORMS,
  );
}

const FORMS = `The formats are ${FORMATS.map((format) => format.name).join(", ")}.`;

function rowTaker(format: DatasetFormat, name: string, options: ReadOptions) {
  const seen = new Map<string, number>();
  const settings = {
    visibleCount: options.visibleCount === undefined ? format.visibleCount : options.visibleCount,
    maxReferences: options.maxReferences ?? MAX_REFERENCES,
    prefix: collectionId(format, name, options),
    attribution: attributionOf(format, name, options),
  };
  return (row: SourceRow, number: number): Omit<RowOutcome, "progress"> => {
    const refused = (remark: string, id: string | null = null) => ({
      row: number,
      id: id ?? ("value" in row ? ownName(row.value) : null),
      taken: false,
      remarks: [remark],
      problem: null,
    });
    if ("fault" in row) return refused(row.fault);
    const missing = format.columns.find((column) => isMissing(row.value, column));
    if (missing !== undefined) return refused(`The column ${missing} is missing.`);
    const parsed = format.schema.safeParse(row.value);
    if (!parsed.success) return refused(shapeFault(parsed.error));
    try {
      const { problem, remarks } = format.take(parsed.data, { ...settings, index: number - 1 });
      const { id } = problem.problem;
      const before = seen.get(id);
      if (before !== undefined) return refused(`It has the same id as row ${before}.`, id);
      seen.set(id, number);
      return { row: number, id, taken: true, remarks, problem };
    } catch (thrown) {
      if (thrown instanceof LabError && thrown.code === "input/row") return refused(thrown.message);
      throw thrown;
    }
  };
}

/** What a row that is not taken calls itself. */
function ownName(row: RowValue): string | null {
  return plainText(row.task_id ?? row.id ?? row.problem_id);
}

function isMissing(row: RowValue, column: string): boolean {
  return row[column] === undefined || row[column] === null;
}

function collectionOf(format: DatasetFormat, name: string, options: ReadOptions): ReadSummary["collection"] {
  const id = collectionId(format, name, options);
  const count = options.visibleCount === undefined ? format.visibleCount : options.visibleCount;
  return {
    id,
    title: format.attribution === null ? name : format.title,
    format: format.name,
    language: format.language,
    attribution: attributionOf(format, name, options),
    visibility: format.visibility(count),
  };
}

function collectionId(format: DatasetFormat, name: string, { id }: ReadOptions): string {
  if (id !== undefined) return slug(id);
  return format.attribution === null ? slug(name.replace(/\.[a-z.]+$/i, "")) : format.name;
}

function attributionOf(format: DatasetFormat, name: string, { attribution }: ReadOptions): string {
  return attribution ?? format.attribution ?? name;
}
