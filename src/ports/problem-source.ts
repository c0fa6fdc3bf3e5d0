import type { Problem, Tier } from "../core/problem";

/** Where the problem picker gets its problems. It hands out no hidden tests: those stay with whoever runs the experiment. */
export interface ProblemSource {
  /** The hand-written puzzles, in the order to show them. @throws LabError `input/*` when they cannot be read. */
  named(): Promise<readonly Problem[]>;
  /** The generated puzzle number `index` (0, 1, 2, ...) of the test split of a tier; the same index gives the same puzzle. */
  generated(tier: Tier, index: number): Promise<Problem>;
}
