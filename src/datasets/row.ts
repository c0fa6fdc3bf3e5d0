import type { JsonValue } from "../core/problem";

/** One row of a source, before any format has looked at it. */
export type SourceRow =
  | { readonly value: { readonly [column: string]: JsonValue } }
  /** It could not be read; one sentence. */
  | { readonly fault: string };

/**
 * Rows in the order of the source. Ends with a LabError `input/*` when the source breaks off; what came before it
 * counts.
 */
export type SourceRows = AsyncGenerator<SourceRow, void>;

/** A parsed value as a row: only an object is one. */
export function toRow(value: JsonValue): SourceRow {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { fault: "It is not an object with columns." };
  }
  return { value: value as { readonly [column: string]: JsonValue } };
}
