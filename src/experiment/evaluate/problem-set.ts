import { type ScoredProblem, TIERS, type Tier } from "../../core/problem";
import { generatePuzzle } from "../../puzzles/generator";

/** Generated problems to measure a strategy on. */
export interface ProblemSet {
  readonly split: "test" | "validation";
  /** `all` takes the tiers in turn. */
  readonly tier: Tier | "all";
  /** How many, at least 1. */
  readonly n: number;
}

/** The problems of a set: the first n of the generator's sequence, so that a larger set contains a smaller one. */
export function problemsOf({ split, tier, n }: ProblemSet): readonly ScoredProblem[] {
  const tiers = tier === "all" ? TIERS : [tier];
  return Array.from({ length: n }, (_, i) => {
    const which = tiers[i % tiers.length] ?? "described";
    const { problem, hiddenTests } = generatePuzzle(split, which, Math.floor(i / tiers.length));
    return { problem, hiddenTests };
  });
}
