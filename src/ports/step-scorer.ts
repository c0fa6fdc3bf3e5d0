import type { Problem } from "../core/problem";
import type { Step } from "../core/step";

/** A process reward model (PRM): estimates how likely a partial path ends in a correct program. */
export interface StepScorer {
  /** One value in [0, 1] per path: the value of its last step. */
  score(problem: Problem, paths: readonly (readonly Step[])[], signal?: AbortSignal): Promise<readonly number[]>;
}
