import { columnsOf, viewOf } from "../../core/exact-json";
import type { JsonValue } from "../../core/problem";

/** One row of a source, before any format has looked at it. */
export type SourceRow =
  | { readonly value: RowValue }
  /** It could not be read; one sentence, and what its columns are where that is known. */
  | { readonly fault: string; readonly columns?: RowValue };

/** The columns of a row. */
export type RowValue = { readonly [column: string]: JsonValue };

/**
 * Rows in the order of the source. Ends with a LabError `input/*` when the source breaks off; what came before it
 * counts.
 */
export type SourceRows = AsyncGenerator<SourceRow, void>;

/** A parsed value as a row: only an object is one. */
export function toRow(value: JsonValue): SourceRow {
  const columns = columnsOf(value);
  return columns === null ? { fault: "It is not an object with columns." } : { value: columns };
}

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: JsonValue | undefined): value is RowValue {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text or a number as plain text, all digits kept; null for anything else. */
export function plainText(value: JsonValue | undefined): string | null {
  if (value === undefined) return null;
  const view = viewOf(value);
  if (view.kind === "int") return view.digits;
  if (view.kind === "float") return view.text;
  return view.kind === "plain" && view.value !== null && typeof view.value !== "boolean" ? String(view.value) : null;
}
