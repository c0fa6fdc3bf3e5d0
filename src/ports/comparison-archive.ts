import type { TimedEvent } from "../core/run/events";

/** A comparison that was begun. `Spec` is what is compared, on what, and at which budget. */
export interface ComparisonRecord<Spec> {
  readonly id: string;
  readonly title: string;
  readonly spec: Spec;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** One cell's result on one problem: what the archive has to know of it. */
export interface ArchivedOutcome {
  /** Names the cell (model and strategy) within its comparison. */
  readonly cell: string;
  /** The problem's id. */
  readonly id: string;
}

/**
 * The comparisons of this browser, problem by problem, so that a closed tab loses nothing but the problems under way. Every
 * method throws LabError `storage/*` when the browser's storage is full, blocked or gone.
 */
export interface ComparisonArchive<Spec, Outcome extends ArchivedOutcome> {
  /** Newest first. */
  list(): Promise<readonly ComparisonRecord<Spec>[]>;
  create(title: string, spec: Spec): Promise<ComparisonRecord<Spec>>;
  /** With all that belongs to it. */
  remove(comparison: string): Promise<void>;
  /** All that is there, in any order. */
  outcomes(comparison: string): Promise<readonly Outcome[]>;
  /** Keeps one result and the log of its run; a second one for the same cell and problem replaces the first. */
  add(comparison: string, outcome: Outcome, log: readonly TimedEvent[]): Promise<void>;
  /** The log of one run; null when there is none. */
  log(comparison: string, cell: string, problem: string): Promise<readonly TimedEvent[] | null>;
}
