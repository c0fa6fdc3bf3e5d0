import type { Problem } from "../core/problem";
import type { PromptCost } from "../core/protocol/protocol";
import type { Step } from "../core/step";

/** Estimates, and what they cost. */
export interface StepScores {
  /** One in [0, 1] per path: the value of its last step. */
  readonly values: readonly number[];
  /**
   * Probability, in [0, 1] and on average, that the model answered what it was asked, where values are read from its words: how much of
   * its mind they tell.
   */
  readonly mass?: number;
  /** What its prompts came to; absent when nothing was asked. */
  readonly prompts?: PromptCost;
}

/** A process reward model (PRM): estimates how likely a partial path ends in a correct program. */
export interface StepScorer {
  /** Values the last steps of paths, in their order. */
  score(problem: Problem, paths: readonly (readonly Step[])[], signal?: AbortSignal): Promise<StepScores>;
}
