import { LabError } from "../core/errors";
import type { Language } from "../core/problem";
import type { Collection } from "../ports/problem-store";
import type { DatasetFormat, RowSettings, RowValue } from "./format";
import { plainText } from "./json-value";
import { slug } from "./problem-id";
import type { ReadOptions, RowOutcome } from "./read-options";
import type { SourceRow } from "./row";
import { shapeFault } from "./row-error";

const MAX_REFERENCES = 10;

/** Makes problems of the rows of one source, one after the other. */
export class RowTaker {
  private readonly settings: Omit<RowSettings, "index">;
  private readonly seen = new Map<string, number>();
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
      maxReferences: options.maxReferences ?? MAX_REFERENCES,
      prefix: slug(options.id ?? (own ? source.replace(/\.[a-z.]+$/i, "") : format.name)),
      attribution: options.attribution ?? format.attribution ?? source,
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
  take(row: SourceRow, number: number): Omit<RowOutcome, "progress"> {
    const refused = (remark: string, id: string | null) => ({
      row: number,
      id,
      taken: false,
      remarks: [remark],
      problem: null,
    });
    if ("fault" in row) return refused(row.fault, null);
    const id = ownName(row.value);
    const missing = this.format.columns.find((column) => (row.value[column] ?? null) === null);
    if (missing !== undefined) return refused(`The column ${missing} is missing.`, id);
    const parsed = this.format.schema.safeParse(row.value);
    if (!parsed.success) return refused(shapeFault(parsed.error), id);
    try {
      const { problem, remarks } = this.format.take(parsed.data, { ...this.settings, index: number - 1 });
      const fault = this.misfit(problem.problem, number);
      if (fault !== null) return refused(fault, problem.problem.id);
      return { row: number, id: problem.problem.id, taken: true, remarks, problem };
    } catch (thrown) {
      if (thrown instanceof LabError && thrown.code === "input/row") return refused(thrown.message, id);
      throw thrown;
    }
  }

  /** Why a problem does not go with those before it; null when it does, and then it counts among them. */
  private misfit(problem: { readonly id: string; readonly language: Language }, number: number): string | null {
    const before = this.seen.get(problem.id);
    if (before !== undefined) return `It has the same id as row ${before}.`;
    this.language ??= problem.language;
    if (problem.language !== this.language) return `It is not in ${this.language}, as the rows before it.`;
    this.seen.set(problem.id, number);
    return null;
  }
}

/** What a row calls itself, for reports on rows that are not taken. */
function ownName(row: RowValue): string | null {
  return plainText(row.task_id ?? row.problem_id ?? row.id);
}
