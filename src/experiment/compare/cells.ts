import type { ScoredProblem } from "../../core/problem";
import type { TimedEvent } from "../../core/run/events";
import { evaluate } from "../evaluate/evaluate";
import type { ProblemOutcome } from "../evaluate/measure";
import type { RunPorts } from "../run/requirements";
import { familyOf } from "../spec/model-family";
import { type ComparisonSpec, type ComparisonStrategy, comparisonConfig } from "./spec";

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
  /** The model of its cell, as `formatModelRef` writes it. */
  readonly model: string;
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

/** An outcome as any version has kept it. */
export type KeptOutcome = Omit<ComparisonOutcome, "model"> & { readonly model?: string };

/**
 * An outcome as the newest version keeps it. Older ones did not name their model; it is what follows the strategy in
 * the name of their cell, and no strategy has a space in its name.
 */
export function migrateOutcome(kept: KeptOutcome): ComparisonOutcome {
  return { ...kept, model: kept.model ?? kept.cell.slice(kept.cell.indexOf(" ") + 1) };
}

/** Whether a problem is done with: a run that somebody stopped is to be done again. */
export function isDone({ ended }: Pick<ComparisonOutcome, "ended">): boolean {
  return ended !== "stopped";
}

/** The ids of the problems of a cell that are done, given what is done of the whole comparison. */
export function doneOf(cell: ComparisonCell, outcomes: readonly ComparisonOutcome[]): readonly string[] {
  const own = outcomes.filter((outcome) => outcome.cell === cell.id && isDone(outcome));
  return [...new Set(own.map(({ id }) => id))];
}

/** A cell to run, or to go on with. */
export interface CellWork {
  readonly spec: ComparisonSpec;
  readonly cell: ComparisonCell;
  /** The ids of its problems that are done, and are not to be done again. */
  readonly done: readonly string[];
}

/** What a cell is run with. */
export interface CellRequest extends CellWork {
  /** All problems of the comparison, in their order. */
  readonly problems: readonly ScoredProblem[];
  /** Of the cell's model. */
  readonly ports: RunPorts;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Stops the cell; problems under way are dropped. */
  readonly signal?: AbortSignal;
}

/** A problem that is done, and its run for whoever wants to look into it. */
export interface CellProgress {
  readonly outcome: ComparisonOutcome;
  /** Empty when the run could not begin. */
  readonly log: readonly TimedEvent[];
}

/** The problems of a cell that are still to be done, in their order. */
export function remainingProblems({
  problems,
  done,
}: Pick<CellRequest, "problems" | "done">): readonly ScoredProblem[] {
  const finished = new Set(done);
  return problems.filter(({ problem }) => !finished.has(problem.id));
}

/**
 * Runs what is left of a cell: an evaluation of its strategy on the problems that are not done, each yielded as it is.
 * A problem has the same seed in every cell and after every resume, so that cells can be compared problem by problem.
 * @throws LabError `input/*` when the cell's settings cannot be met, such as beam search without a step scorer.
 */
export async function* runCell({ spec, cell, done, problems, ...world }: CellRequest): AsyncGenerator<CellProgress> {
  const config = comparisonConfig(cell.strategy, familyOf(cell.model), spec);
  const { seed, freshSamples } = spec;
  const left = remainingProblems({ problems, done });
  let last = world.now();
  const evaluation = evaluate({ ...world, problems: left, config, seed, freshSamples, keepLogs: true });
  for await (const { outcome, log = [] } of evaluation) {
    const now = world.now();
    const own = { ...outcome, cell: cell.id, model: cell.model, elapsedMs: now - last };
    last = now;
    if (isDone(own)) yield { outcome: own, log };
  }
}
