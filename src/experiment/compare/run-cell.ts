import type { ScoredProblem } from "../../core/problem";
import type { TimedEvent } from "../../core/run/events";
import { evaluate } from "../evaluate/evaluate";
import type { RunPorts } from "../run/run";
import { familyOf } from "../spec/model-family";
import { type ComparisonCell, type ComparisonOutcome, isDone } from "./cells";
import type { ComparisonSpec } from "./spec";
import { comparisonConfig } from "./strategies";

/** A cell to run, or to go on with. */
export interface CellRequest {
  readonly spec: ComparisonSpec;
  readonly cell: ComparisonCell;
  /** Those that are not done yet, see `remainingProblems`. */
  readonly problems: readonly ScoredProblem[];
  /** Of the cell's model. */
  readonly ports: RunPorts;
  readonly now: () => number;
  /** Stops the cell; problems under way are dropped. */
  readonly signal?: AbortSignal;
}

/** A problem that is done, and its run for whoever wants to look into it. */
export interface CellProgress {
  readonly outcome: ComparisonOutcome;
  readonly log: readonly TimedEvent[];
}

/**
 * Runs a cell's problems and yields each as it is done. A problem has the same seed in every cell and after every
 * resume, so that cells can be compared problem by problem.
 * @throws LabError `input/*` when the cell's settings cannot be met, such as beam search without a step scorer.
 */
export async function* runCell({ spec, cell, ...request }: CellRequest): AsyncGenerator<CellProgress> {
  const config = comparisonConfig(cell.strategy, familyOf(cell.model), spec.budgetTokens);
  const { seed, freshSamples } = spec;
  let last = request.now();
  for await (const { outcome, log = [] } of evaluate({ ...request, config, seed, freshSamples, keepLogs: true })) {
    const now = request.now();
    const own = { ...outcome, cell: cell.id, elapsedMs: now - last };
    last = now;
    if (isDone(own)) yield { outcome: own, log };
  }
}
