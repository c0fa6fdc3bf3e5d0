import type { Collection, StoredProblem } from "../ports/problem-store";
import type { FormatName } from "./format";

/** How to read a dataset. */
export interface ReadOptions {
  /** Without it, the columns of the first rows tell. */
  readonly format?: FormatName;
  /** How many tests the search may see; without it, the format's own rule. Null: all that the statement shows. */
  readonly visibleCount?: number | null;
  /** The collection's id, a part of links; without it, the format's name or, for rows of the user's own, the file's. */
  readonly id?: string;
  /** Origin and licence; without it, the format's own. */
  readonly attribution?: string;
  /** Reference solutions to keep of each problem: 10 without it. */
  readonly maxReferences?: number;
  /** Of a dataset on huggingface.co, where its address does not say. */
  readonly config?: string;
  readonly split?: string;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
}

/** How far a reading has come. */
export interface ReadProgress {
  readonly rows: number;
  readonly bytes: number;
  /** Null when the source does not say. */
  readonly totalBytes: number | null;
  /** Null when the source does not say. */
  readonly totalRows: number | null;
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
