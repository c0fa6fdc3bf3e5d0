import type { StoreApi } from "zustand/vanilla";
import type { ErrorData } from "../../core/errors";
import type { ModelInfo } from "../../core/model";
import type { ComparisonOutcome } from "../../experiment/compare/cells";
import type { CellExecutor, ComparisonArchive, ComparisonRecord } from "../../experiment/compare/compare";
import type { ComparisonProblems } from "../../experiment/compare/problems";
import type { ComparisonSpec } from "../../experiment/compare/spec";
import type { Preparation } from "../../ports/experiment-runner";
import type { ProblemStore } from "../../ports/problem-store";
import type { RunFile } from "../../runs/run-file";
import type { Notice } from "../view-slice";

/** The comparison on the screen. */
export interface ShownComparison {
  readonly record: ComparisonRecord;
  readonly problems: ComparisonProblems;
  /** All that is done of it, in any order. */
  readonly outcomes: readonly ComparisonOutcome[];
  /** What answered, and on what: by model, more than one where it changed between two sittings. */
  readonly answeredBy: Readonly<Record<string, readonly ModelInfo[]>>;
}

/** The comparison under way. */
export interface ComparisonRun {
  /** Its id; it need not be the one on the screen. */
  readonly comparison: string;
  /** The cell it is at; null before the first. */
  readonly cell: string | null;
  /** What is got ready; null once problems are under way. */
  readonly preparation: Preparation | null;
  readonly isStopping: boolean;
}

/** Which problems of a row are listed. */
export type OutcomeFilter = "all" | "solved" | "unsolved" | "errors" | "gained" | "lost";

/** The row that is looked into. */
export interface OpenRow {
  /** The id of its cell. */
  readonly cell: string;
  readonly filter: OutcomeFilter;
  /** The cell it is compared with, problem by problem; null for none. */
  readonly against: string | null;
}

/** Comparisons: the one that is set up, those that were begun, the one on the screen and the one under way. */
export interface ComparisonState {
  readonly draft: ComparisonSpec;
  /** Why the draft could not be started. */
  readonly draftFault: ErrorData | null;
  /** Newest first; null until they were looked up. */
  readonly records: readonly ComparisonRecord[] | null;
  readonly shown: ShownComparison | null;
  readonly run: ComparisonRun | null;
  /** Why cells could not be run, or not on: by comparison, then by cell. */
  readonly faults: Readonly<Record<string, Readonly<Record<string, ErrorData>>>>;
  readonly openRow: OpenRow | null;
  /** Why the browser keeps nothing of what is compared now; null while it does. */
  readonly storageFault: ErrorData | null;
  edit(change: Partial<ComparisonSpec>): void;
  /** Looks up what was begun, and shows the newest of it. */
  load(): Promise<void>;
  /** Begins the comparison that is set up. */
  start(): Promise<void>;
  /** Goes on with the one on the screen; `again` does the problems anew that ended with an error. */
  resume(again?: "errors"): Promise<void>;
  /** Stops the one under way; problems under way are dropped. */
  stop(): void;
  /** Shows a comparison, and sets the form to it: what is changed there is what the next one will differ in. */
  show(comparison: string): Promise<void>;
  remove(comparison: string): Promise<void>;
  setOpenRow(row: OpenRow | null): void;
  /** The run behind an outcome of the comparison on the screen; null when there is none, which is said. */
  runFile(cell: string, problem: string): Promise<RunFile | null>;
}

/** What comparisons need of the world; chosen in main.tsx. */
export interface ComparisonDependencies {
  readonly executor: CellExecutor;
  readonly archive: ComparisonArchive;
  /** Does something that only one tab may do at a time; false, with nothing done, when another one is at it. */
  readonly exclusively: (name: string, work: () => Promise<void>) => Promise<boolean>;
}

/** What the store of comparisons needs besides. */
export interface ComparisonWorld extends ComparisonDependencies {
  readonly problemStore: Pick<ProblemStore, "collections" | "problems">;
  readonly notify: (notice: Notice) => void;
}

/** The store of comparisons. */
export type ComparisonStore = StoreApi<ComparisonState>;
