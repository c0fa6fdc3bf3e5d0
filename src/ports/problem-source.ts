import type { Problem, Tier } from "../core/problem";

/** Which puzzle of the endless generated sequence; the same reference is the same puzzle for ever. */
export interface GeneratedRef {
  readonly split: "test" | "validation";
  readonly tier: Tier;
  /** 0, 1, 2, ... */
  readonly index: number;
  readonly seed: number;
}

/** Where the problem picker gets its problems. It hands out no hidden tests: those stay with whoever runs the experiment. */
export interface ProblemSource {
  /** The hand-written puzzles, in the order to show them. @throws LabError `input/*` when they cannot be read. */
  named(): Promise<readonly Problem[]>;
  generated(ref: GeneratedRef): Promise<Problem>;
}
