import { z } from "zod";
import { ALPHA_SCHEDULES, type AlphaSchedule } from "../../core/aggregated-reward";
import { TIERS, type Tier } from "../../core/problem";

/** What decides a run of reinforcement learning, besides the policy and the scorer that it begins with. */
export interface ReinforceSpec {
  readonly method: ReinforceMethod;
  /** Of training problems; `all` takes the tiers in turn. */
  readonly tier: Tier | "all";
  /** Problems of a step, and paths drawn for each: at least 1 and 2. */
  readonly problems: number;
  readonly samples: number;
  /** Tokens of the whole run, sampled and read; those of evaluations not counted. */
  readonly tokens: number;
  /** Falls to 0 by a cosine over the run's tokens. */
  readonly peakLearningRate: number;
  /** Weight of the outcome beside the process; of no consequence without a step scorer. */
  readonly alpha: AlphaSchedule;
  /** In (0, 1]; see `aggregatedReward`. */
  readonly gamma: number;
  /**
   * Whose tests decide the outcome: the problem's own, or the visible ones and those that a test-case generator writes. The hidden ones
   * are then for measuring only.
   */
  readonly tests: "own" | "generated";
  readonly evaluation: {
    /** Steps between evaluations, at least 1. */
    readonly every: number;
    /** Validation problems, the tiers in turn, and samples of each beside the greedy answer. */
    readonly problems: number;
    readonly samples: number;
  };
  readonly seed: number;
}

/** How the policy learns from a batch, with what that needs. */
export type ReinforceMethod =
  | {
      readonly name: "policy-gradient";
      /** Updates by one batch, at least 1; from the second on, clipping has an effect. */
      readonly epochs: number;
      readonly clipLow: number;
      readonly clipHigh: number;
      readonly klWeight: number;
    }
  | { readonly name: "dpo"; readonly beta: number; readonly nllWeight: number };

/** One update a batch and no reference, as in nanochat and TRL; the clip of DAPO (arXiv 2503.14476); DPO with its likelihood term. */
export const METHODS: { readonly [Name in ReinforceMethod["name"]]: Extract<ReinforceMethod, { name: Name }> } = {
  "policy-gradient": { name: "policy-gradient", epochs: 1, clipLow: 0.2, clipHigh: 0.28, klWeight: 0 },
  dpo: { name: "dpo", beta: 0.1, nllWeight: 1 },
};

/** The rate's peak for each method. */
export const PEAK_LEARNING_RATES: Readonly<Record<ReinforceMethod["name"], number>> = {
  "policy-gradient": 1e-4,
  dpo: 3e-5,
};

/**
 * What is taken when nothing else is said. Ours: gamma 1, where the reference repository has 0.9, since with less every path is worth the
 * less the longer it is, however good its steps, and a puzzle's structure says how many there must be; alpha 0.5 throughout, where a
 * scorer is there at all.
 */
export const REINFORCE_DEFAULTS: Omit<ReinforceSpec, "method" | "peakLearningRate" | "tokens" | "seed"> = {
  tier: "all",
  problems: 16,
  samples: 16,
  alpha: { kind: "constant", from: 0.5, to: 0.5 },
  gamma: 1,
  tests: "own",
  evaluation: { every: 10, problems: 64, samples: 8 },
};

const share = z.number().min(0).max(1);
const whole = z.int().min(1);

/** Reads a specification that was kept. */
export const reinforceSpecSchema = z.object({
  method: z.discriminatedUnion("name", [
    z.object({
      name: z.literal("policy-gradient"),
      epochs: whole,
      clipLow: z.number().positive(),
      clipHigh: z.number().positive(),
      klWeight: z.number().min(0),
    }),
    z.object({ name: z.literal("dpo"), beta: z.number().positive(), nllWeight: z.number().min(0) }),
  ]),
  tier: z.enum(["all", ...TIERS]),
  problems: whole,
  samples: z.int().min(2),
  tokens: whole,
  peakLearningRate: z.number().positive(),
  alpha: z.object({ kind: z.enum(ALPHA_SCHEDULES), from: share, to: share }),
  gamma: z.number().positive().max(1),
  tests: z.enum(["own", "generated"]),
  evaluation: z.object({ every: whole, problems: whole, samples: whole }),
  seed: z.int().min(0),
}) satisfies z.ZodType<ReinforceSpec>;
