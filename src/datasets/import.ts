import { LabError } from "../core/errors";
import type { Language } from "../core/problem";
import type { ImportInput } from "../ports/problem-importer";
import type { Collection, StoredProblem } from "../ports/problem-store";
import { type DatasetFormat, type FormatName, fingerprint, type RowSettings, slug } from "./formats/format";
import { chooseFormat } from "./formats/registry";
import { plainText, type RowValue, type SourceRow } from "./rows/json";
import { openRows, type Reading, type SourceOptions, type SourceProgress } from "./sources/open";

/** How to read a dataset. */
export interface ReadOptions extends SourceOptions {
  /** Without it, the columns of the first rows tell. */
  readonly format?: FormatName;
  /** How many tests the search may see; without it, the format's own rule. Null: all that the statement shows. */
  readonly visibleCount?: number | null;
}

/** How far a reading has come. */
export interface ReadProgress extends SourceProgress {
  readonly rows: number;
}

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
  source: ImportInput,
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

/** Rows that are looked at to tell the format. */
const LOOKED_AT = 20;

/**
 * Reads a dataset row by row: a row that cannot be taken is reported with its reason and the others go on. What was
 * read before the source broke off counts.
 * @throws LabError `input/*` when nothing can be read: no such address, no dataset, no known format, no rows; the
 * reason of `signal`.
 */
export async function* readDataset(
  source: ImportInput,
  options: ReadOptions = {},
): AsyncGenerator<RowOutcome, ReadSummary> {
  const reading = await openRows(source, options);
  try {
    const opening = await firstRows(reading, options);
    const converter = new RowConverter(chooseFormat(opening.rows, options.format, reading.name), reading.name, options);
    let { interruption } = opening;
    let number = 0;
    const outcome = (row: SourceRow): RowOutcome => {
      options.signal?.throwIfAborted();
      number += 1;
      return { ...converter.convert(row, number), progress: { ...reading.progress(), rows: number } };
    };
    for (const row of opening.rows) yield outcome(row);
    try {
      if (interruption === null) for await (const row of reading.rows) yield outcome(row);
    } catch (thrown) {
      interruption = sentenceOf(thrown, options);
    }
    return { collection: converter.collection(), interruption };
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

const MAX_REFERENCES = 10;

/** Makes problems of the rows of one source, one after the other. */
class RowConverter {
  private readonly settings: Omit<RowSettings, "index">;
  /** By id: the row that has it, and what it calls itself. */
  private readonly seen = new Map<string, { readonly number: number; readonly name: string | null }>();
  private language: Language | undefined;

  /** @param source for people: the file's name. */
  constructor(
    private readonly format: DatasetFormat,
    private readonly source: string,
    options: ReadOptions,
  ) {
    const own = format.attribution === null;
    this.settings = {
      visibleCount: options.visibleCount === undefined ? format.visibleCount : options.visibleCount,
      maxReferences: MAX_REFERENCES,
      prefix: own ? prefixOf(source.replace(/\.[a-z.]+$/i, "")) : slug(format.name),
      attribution: format.attribution ?? source,
    };
  }

  /** The collection that the problems make. */
  collection(): Omit<Collection, "size" | "importedAt"> {
    const { format, settings } = this;
    return {
      id: settings.prefix,
      title: format.attribution === null ? this.source : format.title,
      format: format.name,
      language: this.language ?? format.language,
      attribution: settings.attribution,
      visibility: format.visibility(settings.visibleCount),
    };
  }

  /** @param number the row's, from 1. */
  convert(row: SourceRow, number: number): Omit<RowOutcome, "progress"> {
    const refused = (remark: string, id: string | null) => ({
      row: number,
      id,
      taken: false,
      remarks: [remark],
      problem: null,
    });
    if ("fault" in row) return refused(row.fault, row.columns ? ownName(row.columns) : null);
    const id = ownName(row.value);
    try {
      const { remarks, ...made } = this.format.toProblem(row.value, { ...this.settings, index: number - 1 });
      const problem = this.distinct(made.problem, id);
      const fault = this.misfit(problem.problem, number, id);
      if (fault !== null) return refused(fault, problem.problem.id);
      return { row: number, id: problem.problem.id, taken: true, remarks: [...remarks, ...needs(problem)], problem };
    } catch (thrown) {
      if (thrown instanceof LabError && thrown.code === "input/row") return refused(thrown.message, id);
      throw thrown;
    }
  }

  /** Why a problem does not go with those before it; null when it does, and then it counts among them. */
  private misfit(
    problem: { readonly id: string; readonly language: Language },
    number: number,
    name: string | null,
  ): string | null {
    const before = this.seen.get(problem.id);
    if (before !== undefined) return `It has the same id as row ${before.number}.`;
    this.language ??= problem.language;
    if (problem.language !== this.language) return `It is not in ${this.language}, as the rows before it.`;
    this.seen.set(problem.id, { number, name });
    return null;
  }

  /** The problem under an id of its own, when a row of another name has made the same one of it. */
  private distinct(problem: StoredProblem, name: string | null): StoredProblem {
    const { id } = problem.problem;
    const before = this.seen.get(id);
    if (before === undefined || before.name === name) return problem;
    return { ...problem, problem: { ...problem.problem, id: `${id}-${fingerprint(name ?? "")}` } };
  }
}

/** Packages beyond Python's standard library that programs like to import; the sandbox has none of them. */
const PACKAGE =
  /^[ \t]*(?:import|from)[ \t]+(numpy|pandas|scipy|sympy|sklearn|networkx|matplotlib|torch|tensorflow|requests)\b/m;

/** What a problem needs that there is not: told before a search is spent on it. */
function needs({ problem, references }: StoredProblem): readonly string[] {
  if (problem.language !== "python") return [];
  const given = PACKAGE.exec(`${problem.preamble ?? ""}\n${problem.starterCode ?? ""}`)?.[1];
  if (given !== undefined) return [`Its code imports ${given}, which the sandbox does not have: no program can pass.`];
  const used =
    references.length > 0 && references.every((code) => PACKAGE.test(code))
      ? PACKAGE.exec(references[0] ?? "")?.[1]
      : undefined;
  return used === undefined ? [] : [`Its reference solution imports ${used}, which the sandbox does not have.`];
}

/** Begins the ids of a file's problems; of two files with other names in letters or signs that no link has, not the same. */
function prefixOf(name: string): string {
  const kept = slug(name);
  return /^[\w. -]{1,80}$/.test(name) || kept.startsWith("problem-") ? kept : `${kept}-${fingerprint(name)}`;
}

/** What a row calls itself, for reports on rows that are not taken. */
function ownName(row: RowValue): string | null {
  return plainText(row.task_id ?? row.problem_id ?? row.id);
}
