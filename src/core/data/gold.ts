/**
 * A gold set: steps whose worth is known well, because the policy finished their paths many times. It is what a step scorer's
 * estimates are held against: the few visits of a search would be mostly noise.
 */
import { z } from "zod";
import type { Problem } from "../problem";
import type { Step } from "../step";
import { problemSchema } from "../test-schema";
import { type ReadLines, readLines, stepSchema } from "./lines";

/** A step and what came of finishing its path `rollouts` times. A line of a gold set's file. */
export interface GoldStep {
  readonly problem: Problem;
  /** The path to the step, its own included; at least one. */
  readonly steps: readonly Step[];
  /** What a search on the problem knew of it: W and N, at least 1. */
  readonly valueSum: number;
  readonly visitCount: number;
  /** Whether the path is right, as the problem's maker knows; null where nobody does. */
  readonly exact: boolean | null;
  /** At least 1. */
  readonly rollouts: number;
  /** Rollouts whose program passes every test. */
  readonly passes: number;
  /** The sum of their rewards: what v_j estimates; from `passes` to `rollouts`. */
  readonly rewardSum: number;
}

const whole = z.int().min(0);

const goldStep = z
  .object({
    problem: problemSchema,
    steps: z.array(stepSchema).min(1),
    valueSum: z.number().min(0),
    visitCount: whole.min(1),
    exact: z.boolean().nullable(),
    rollouts: whole.min(1),
    passes: whole,
    rewardSum: z.number().min(0),
  })
  .refine(({ passes, rollouts }) => passes <= rollouts, { error: "at most rollouts", path: ["passes"] })
  .refine(({ rewardSum, rollouts }) => rewardSum <= rollouts + 1e-9, {
    error: "at most rollouts",
    path: ["rewardSum"],
  }) satisfies z.ZodType<GoldStep>;

/** A gold step as a line, without its line break. */
export function formatGoldStep(given: GoldStep): string {
  return JSON.stringify(given);
}

/** Reads a gold set's file. Total, as `parseTrees`. */
export function parseGoldSet(text: string): ReadLines<GoldStep> {
  return readLines(text, goldStep, "It is not a step of a gold set.");
}
