import type { ScoredProblem } from "../../core/problem";
import type { ProblemOutcome } from "../evaluate";
import type { BenchSpec } from "./spec";
import type { BenchStrategy } from "./strategies";

/** A model with a strategy: one row of the table. */
export interface BenchCell {
  /** Names the cell within its comparison, such as `vanilla tiny`. */
  readonly id: string;
  /** As `formatModelRef` writes it. */
  readonly model: string;
  readonly strategy: BenchStrategy;
}

/** What came of one problem in one cell. */
export interface BenchOutcome extends ProblemOutcome {
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
export function benchCells({ models, strategies }: Pick<BenchSpec, "models" | "strategies">): readonly BenchCell[] {
  return models.flatMap((model) => strategies.map((strategy) => ({ id: `${strategy} ${model}`, model, strategy })));
}

/** Whether a problem is done with: a run that somebody stopped is to be done again. */
export function isDone({ ended }: BenchOutcome): boolean {
  return ended !== "stopped";
}

/** The problems of a cell that are still to be done, in their order, given what is done of the whole comparison. */
export function remainingProblems(
  cell: BenchCell,
  problems: readonly ScoredProblem[],
  outcomes: readonly BenchOutcome[],
): readonly ScoredProblem[] {
  const done = new Set(outcomes.filter((outcome) => outcome.cell === cell.id && isDone(outcome)).map(({ id }) => id));
  return problems.filter(({ problem }) => !done.has(problem.id));
}
