import type { z } from "zod";
import type { JsonValue, Language } from "../core/problem";
import type { StoredProblem } from "../ports/problem-store";

/** The row forms that can be read. */
export type FormatName = "mbpp" | "sanitized-mbpp" | "humaneval" | "taco" | "apps" | "generic";

/** What decides how a row becomes a problem. */
export interface RowSettings {
  /** How many tests the search may see, where there are as many; null: all that the statement shows. */
  readonly visibleCount: number | null;
  /** How many reference solutions are kept of each problem. */
  readonly maxReferences: number;
  /** Begins each problem's id, such as `mbpp` in `mbpp/11`. */
  readonly prefix: string;
  /** Origin and licence, for the problems whose row says nothing of its own. */
  readonly attribution: string;
  /** Index of the row in its source, from 0; the id of rows without one. */
  readonly index: number;
}

/** A problem made of a row, and what people should know about it: one sentence each. */
export interface Taken {
  readonly problem: StoredProblem;
  readonly remarks: readonly string[];
}

/** How rows of one form become problems. */
export interface DatasetFormat<Row = unknown> {
  readonly name: FormatName;
  /** For people. */
  readonly title: string;
  /** Origin and licence; for rows of the user's own, null. */
  readonly attribution: string | null;
  readonly language: Language;
  /** See {@link RowSettings.visibleCount}. */
  readonly visibleCount: number | null;
  /** Columns that every row must have. */
  readonly columns: readonly string[];
  /** Columns that tell this form from others that need the same ones. */
  readonly telling: readonly string[];
  /** The shape of the columns that are used. Messages finish the sentence "The column ... must be". */
  readonly schema: z.ZodType<Row>;
  /** Which tests are visible and which hidden, in words. */
  visibility(visibleCount: number | null): string;
  /** @throws LabError `input/row` when the row is of the right shape and still no problem can be made of it. */
  take(row: Row, settings: RowSettings): Taken;
}

/** A row as the reader hands it over. */
export type RowValue = { readonly [column: string]: JsonValue };
