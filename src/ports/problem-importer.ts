import type { Collection } from "./problem-store";

/** Where problems are read from. */
export type ImportInput =
  | { readonly kind: "file"; readonly name: string; readonly data: Blob }
  | { readonly kind: "text"; readonly text: string }
  /** A file, or a dataset's page on huggingface.co. */
  | { readonly kind: "url"; readonly url: string };

/** A form of rows that can be read. */
export interface ImportFormat {
  /** Such as `mbpp`. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Which tests are visible when nothing else is asked for, in words. */
  readonly visibility: string;
}

/** How to read. */
export interface ImportOptions {
  /** The name of an {@link ImportFormat}; null: told by the rows. */
  readonly format: string | null;
  /** How many tests of each problem are visible, where there are as many; null: as the format has it. */
  readonly visibleCount: number | null;
}

/** How far an import is. */
export interface ImportProgress {
  /** Rows that were looked at. */
  readonly rows: number;
  /** In [0, 1], or null while it cannot be known. */
  readonly fraction: number | null;
}

/** A row that was not taken, or that was taken with something to know. */
export interface RowNote {
  /** Counts from 1. */
  readonly row: number;
  /** Null when the row has none. */
  readonly id: string | null;
  /** One sentence. */
  readonly reason: string;
}

/** What came of an import. */
export interface ImportReport {
  /** As it is kept now; null when no row was taken. */
  readonly collection: Collection | null;
  /** Rows that were not taken, in the order of the source. */
  readonly refused: readonly RowNote[];
  /** Rows that were taken, with what to know about them. */
  readonly remarks: readonly RowNote[];
  /** Why the source ended early, in one sentence; what came before it was taken. */
  readonly brokenOff: string | null;
}

/** Reads problems from outside into the problem store. */
export interface ProblemImporter {
  formats(): Promise<readonly ImportFormat[]>;
  /**
   * Reads all rows, then keeps those that could be taken as one collection, in place of an earlier one of the same id.
   * @throws LabError `input/*` or `storage/*` when nothing could be read or kept; the signal's reason when it fires, and then
   * nothing is kept.
   */
  import(
    input: ImportInput,
    options: ImportOptions,
    onProgress?: (progress: ImportProgress) => void,
    signal?: AbortSignal,
  ): Promise<ImportReport>;
}
