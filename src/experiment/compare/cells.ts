import type { ScoredProblem } from "../../core/problem";
import type { ProblemOutcome } from "../evaluate/evaluate";
import type { ComparisonSpec } from "./spec";
import type { ComparisonStrategy } from "./strategies";

/** A model with a strategy: one row of the table. */
export interface ComparisonCell {
  /** Names the cell within its comparison, such as `vanilla tiny`. */
  readonly id: string;
  /** As `formatModelRef` writes it. */
  readonly model: string;
  readonly strategy: ComparisonStrategy;
}

/** What came of one problem in one cell. */
export interface ComparisonOutcome extends ProblemOutcome {
  /** The id of its cell. */
  readonly cell: string;
  /**
   * Milliseconds since the cell's last problem was done, or since the cell was begun or taken up again: they add up to
   * the time the cell took, however many problems go on at once. (`wallMs` is how long this one took, beside the
   * others.)
   */
  readonly elapsedMs: number;
}

/** All cells, a model's together, so that each model is loaded once. */
export function comparisonCells({
  models,
  strategies,
}: Pick<ComparisonSpec, "models" | "strategies">): readonly ComparisonCell[] {
  return models.flatMap((model) => strategies.map((strategy) => ({ id: `${strategy} ${model}`, model, strategy })));
}

/** Whether a problem is done with: a run that somebody stopped is to be done again. */
export function isDone({ ended }: ComparisonOutcome): boolean {
  return ended !== "stopped";
}

/** The problems of a cell that are still to be done, in their order, given what is done of the whole comparison. */
export function remainingProblems(
  cell: ComparisonCell,
  problems: readonly ScoredProblem[],
  outcomes: readonly ComparisonOutcome[],
): readonly ScoredProblem[] {
  const done = new Set(outcomes.filter((outcome) => outcome.cell === cell.id && isDone(outcome)).map(({ id }) => id));
  return problems.filter(({ problem }) => !done.has(problem.id));
}
