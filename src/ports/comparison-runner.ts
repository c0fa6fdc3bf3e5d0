import type { TimedEvent } from "../core/run/events";
import type { Preparation } from "./experiment-runner";

/** A problem that is done, and the log of its run. */
export interface ComparisonProgress<Outcome> {
  readonly outcome: Outcome;
  readonly log: readonly TimedEvent[];
}

/** Runs the cells of comparisons, one at a time. `Request` names the cell and what is left of it. */
export interface ComparisonRunner<Request, Outcome> {
  /**
   * Runs what is left of a cell and hands out each problem when it is done, in batches.
   * @param onPreparation what happens before the first problem begins: a download, for one.
   * @param signal ends it soon; problems under way are dropped.
   * @throws LabError when the cell cannot be run, or not on; what came before stays valid.
   */
  runCell(
    request: Request,
    onPreparation: (preparation: Preparation) => void,
    signal: AbortSignal,
  ): AsyncGenerator<readonly ComparisonProgress<Outcome>[], void>;
}
