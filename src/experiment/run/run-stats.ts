import type { PromptCost } from "../../core/protocol/protocol";

/** Where a run's time went, in milliseconds, and what it asked of the model. Filled in while the run goes on. */
export interface RunStats {
  /** From the start to the end, hidden tests included. */
  totalMs: number;
  /** Held at the pause gate. */
  pausedMs: number;
  /** In the hands of whoever reads the events. */
  consumerMs: number;
  /** Waiting for the model or the sandbox, or both at once. */
  waitMs: number;
  /** Waiting for the model: policy, scorer, test generator. */
  modelMs: number;
  /** Waiting for the sandbox. */
  judgeMs: number;
  /** Rounds of asking and telling. */
  rounds: number;
  /** Prompt tokens of all requests, and how many of them had really to be prefilled. */
  promptTokens: number;
  prefilledTokens: number;
  /** Of the prefilled ones, those that the step scorer read. */
  scorerTokens: number;
  /** Programs judged (equal ones once). */
  programs: number;
}

/** Stats before a run. */
export function newRunStats(): RunStats {
  return {
    totalMs: 0,
    pausedMs: 0,
    consumerMs: 0,
    waitMs: 0,
    modelMs: 0,
    judgeMs: 0,
    rounds: 0,
    promptTokens: 0,
    prefilledTokens: 0,
    scorerTokens: 0,
    programs: 0,
  };
}

/** Adds to the stats what prompts came to. */
export function countPrompts(stats: RunStats, { promptTokens, prefilledTokens }: PromptCost): void {
  stats.promptTokens += promptTokens;
  stats.prefilledTokens += prefilledTokens;
}

/** The search's own time in milliseconds: all that was not spent waiting for the model, the sandbox, a pause or the reader. */
export function searchMs(stats: RunStats): number {
  return Math.max(0, stats.totalMs - stats.pausedMs - stats.consumerMs - stats.waitMs);
}
