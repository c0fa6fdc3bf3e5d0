import { LabError } from "../core/errors";
import { chooseFormat } from "./choose-format";
import { openRows, type Reading } from "./open-rows";
import type { ReadOptions, ReadSummary, RowOutcome } from "./read-options";
import type { SourceRow } from "./row";
import { RowTaker } from "./row-taker";
import type { DatasetSource } from "./source";

/** Rows that are looked at to tell the format. */
const LOOKED_AT = 20;

/**
 * Reads a dataset row by row: a row that cannot be taken is reported with its reason and the others go on. What was
 * read before the source broke off counts.
 * @throws LabError `input/*` when nothing can be read: no such address, no dataset, no known format, no rows; the
 * reason of `signal`.
 */
export async function* readDataset(
  source: DatasetSource,
  options: ReadOptions = {},
): AsyncGenerator<RowOutcome, ReadSummary> {
  const reading = await openRows(source, options);
  try {
    const opening = await firstRows(reading, options);
    const taker = new RowTaker(chooseFormat(opening.rows, options.format, reading.name), reading.name, options);
    let { interruption } = opening;
    let number = 0;
    const outcome = (row: SourceRow): RowOutcome => {
      options.signal?.throwIfAborted();
      number += 1;
      return { ...taker.take(row, number), progress: { ...reading.progress(), rows: number } };
    };
    for (const row of opening.rows) yield outcome(row);
    try {
      if (interruption === null) for await (const row of reading.rows) yield outcome(row);
    } catch (thrown) {
      interruption = sentenceOf(thrown, options);
    }
    return { collection: taker.collection(), interruption };
  } finally {
    await reading.rows.return(undefined);
  }
}

interface Opening {
  readonly rows: readonly SourceRow[];
  readonly interruption: string | null;
}

/** The rows that tell the format. @throws what broke the source off before its first row. */
async function firstRows(reading: Reading, options: ReadOptions): Promise<Opening> {
  const rows: SourceRow[] = [];
  try {
    while (rows.length < LOOKED_AT) {
      const next = await reading.rows.next();
      if (next.done) break;
      rows.push(next.value);
    }
  } catch (thrown) {
    if (rows.length === 0) throw thrown;
    return { rows, interruption: sentenceOf(thrown, options) };
  }
  if (rows.length === 0) throw new LabError("input/empty", `${reading.name} has no rows.`, "Choose another file.");
  return { rows, interruption: null };
}

/**
 * What broke a source off, for people.
 * @throws what it was given when that is no LabError, or the reading was cancelled.
 */
function sentenceOf(thrown: unknown, { signal }: ReadOptions): string {
  signal?.throwIfAborted();
  if (!(thrown instanceof LabError)) throw thrown;
  return `${thrown.message} ${thrown.hint}`.trim();
}
