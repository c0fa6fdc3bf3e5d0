/** A program as its generated tests see it. */
export interface TestedProgram {
  /** Whether it passes each generated test, in order. */
  readonly passes: readonly boolean[];
  /** How often it was drawn, at least 1. */
  readonly draws: number;
}

/**
 * Dual execution agreement (CodeT; Chen et al. 2023, arXiv 2207.10397): programs that pass exactly the same tests form
 * a consensus set with those tests, and its score is the number of its programs times the number of its tests. Many
 * programs vouch for a test, many tests for a program. A program that was drawn several times counts as often. One
 * score per program, at least 0; the programs of a set have the same.
 */
export function agreementScores(programs: readonly TestedProgram[]): readonly number[] {
  const keys = programs.map(({ passes }) => passes.map(Number).join(""));
  const draws = new Map<string, number>();
  for (const [i, program] of programs.entries()) {
    draws.set(keys[i] ?? "", (draws.get(keys[i] ?? "") ?? 0) + program.draws);
  }
  return programs.map(({ passes }, i) => (draws.get(keys[i] ?? "") ?? 0) * passes.filter(Boolean).length);
}
