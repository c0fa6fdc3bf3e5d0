import type { Language, Problem, ScoredProblem } from "../core/problem";
import type { ReferenceSummary } from "./reference-check";

/** A set of problems that was imported, as people see it. */
export interface Collection {
  /** Short and stable, such as `mbpp`: part of links. */
  readonly id: string;
  readonly title: string;
  /** Which reader took it, such as `humaneval`. */
  readonly format: string;
  readonly language: Language;
  /** Origin and licence. */
  readonly attribution: string;
  /** Which tests are visible and which hidden, in words. */
  readonly visibility: string;
  /** Problems in it. */
  readonly size: number;
  /** Problems that have a reference solution; absent where it was not counted when they came. */
  readonly references?: number;
  /** ISO 8601. */
  readonly importedAt: string;
  /** What the last check of its reference solutions has shown. */
  readonly checked?: ReferenceSummary;
}

/** A problem as it is kept: with its hidden tests and, where the source has them, programs that solve it. */
export interface StoredProblem extends ScoredProblem {
  readonly references: readonly string[];
}

/** The imported problems of this browser. Only whoever runs experiments may ask for hidden tests. */
export interface ProblemStore {
  collections(): Promise<readonly Collection[]>;
  /** Without hidden tests, in the order of the source. */
  problems(collection: string): Promise<readonly Problem[]>;
  /** With everything; all of them without `limit`. @throws LabError `input/unknown-collection`. */
  stored(collection: string, limit?: number): Promise<readonly StoredProblem[]>;
  /** @throws LabError `input/unknown-collection` or `input/unknown-problem`, with what to import. */
  find(collection: string, id: string): Promise<StoredProblem>;
  /** Adds a collection, or replaces the one with the same id, all at once or not at all. @throws LabError `storage/*`. */
  put(
    collection: Omit<Collection, "size" | "references" | "importedAt" | "checked">,
    problems: readonly StoredProblem[],
  ): Promise<Collection>;
  /**
   * Keeps what a check has shown, and sets the time limits, in milliseconds by problem id, of those that need more than they have.
   * @throws LabError `input/unknown-collection`, `storage/*`.
   */
  keepCheck(
    collection: string,
    summary: ReferenceSummary,
    timeLimitsMs: Readonly<Record<string, number>>,
  ): Promise<void>;
  remove(collection: string): Promise<void>;
}
