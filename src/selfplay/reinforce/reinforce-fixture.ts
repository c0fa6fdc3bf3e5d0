/** A world in which reinforcement learning takes no time: a policy whose whole weights are its chance to be right. */
import type { CallTest } from "../../core/problem";
import { createRandom, deriveSeed } from "../../core/rng";
import type { PolicyLearner, PolicyProgress } from "../../ports/policy-learner";
import type { PolicyModel, WeightsHolder } from "../../ports/policy-model";
import type { StepScorer } from "../../ports/step-scorer";
import { createScriptedModel } from "../../testing/scripted/model";
import { createScriptedRunner } from "../../testing/scripted/runner";
import type { ReinforcePorts } from "./loop";
import { METHODS, REINFORCE_DEFAULTS, type ReinforceSpec } from "./spec";

export const SPEC: ReinforceSpec = {
  ...REINFORCE_DEFAULTS,
  method: METHODS["policy-gradient"],
  tier: "described",
  problems: 4,
  samples: 8,
  tokens: 3_000,
  peakLearningRate: 1e-2,
  evaluation: { every: 4, problems: 2, samples: 4 },
  seed: 3,
};

/** What a program returns: `r` is right, `v` on visible tests alone, which have other inputs. */
const runner = createScriptedRunner((code, test: CallTest) => (code === "r" ? test.expected : -1));

/** How a learner's weights move. */
export interface Leaning {
  /** The chance to be right that it begins with. */
  readonly chance: number;
  /** Added to the chance at each update, times the sign of what right paths were worth. */
  readonly pace: number;
}

/** The ports of a run, new or going on from a part; `learned` counts updates. */
export function createWorld({ chance: start, pace }: Leaning, part: Uint8Array | null = null, scorer?: StepScorer) {
  const kept =
    part && (JSON.parse(new TextDecoder().decode(part)) as { chance: number; best: unknown } & PolicyProgress);
  let chance = kept?.chance ?? start;
  let best: unknown = kept?.best ?? null;
  let drawn = chance;
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const learner: PolicyLearner = {
    begun: kept && { step: kept.step, tokens: kept.tokens, position: kept.position },
    async update(lesson, progress) {
      const learningRate = 1 - progress;
      const count = lesson.method === "dpo" ? lesson.pairs.length : lesson.samples.length;
      if (count === 0) return { learningRate, tokens: 0, metrics: {} };
      chance = Math.min(1, Math.max(0, chance + pace * learningRate));
      return { learningRate, tokens: 10 * count, metrics: { loss: -pace, clipRatio: 0 } };
    },
    divergence: async () => Math.abs(chance - start),
    weights: async () => bytes(chance),
    async keepBest(step, evaluation) {
      best = { step, evaluation, chance };
    },
    checkpoint: async (progress) => bytes({ ...progress, chance, best }),
    dispose: () => {},
  };
  const speaking = createScriptedModel(({ seed, temperature }, index) => {
    const random = createRandom(deriveSeed(seed, index));
    const right = temperature === 0 ? drawn > 0.5 : random.chance(drawn);
    return { text: `<define>d${random.int(0, 9)}<end><code>${right ? "r" : "w"}<end><eos>`, logProb: -drawn * 0.1 };
  });
  const policy: PolicyModel & WeightsHolder = {
    info: speaking.info,
    async sample(requests, signal) {
      const results = await speaking.sample(requests, signal);
      const idsOf = (pieces: readonly string[]) =>
        pieces.map((piece) => [...piece].reduce((sum, c) => sum + c.charCodeAt(0), 0));
      return results.map((result) => ({
        ...result,
        completions: result.completions.map((each) => ({ ...each, tokenIds: idsOf(each.pieces) })),
      }));
    },
    async loadWeights(file) {
      drawn = JSON.parse(new TextDecoder().decode(file)) as number;
      return speaking.info;
    },
  };
  const ports: ReinforcePorts = { policy, runner, learner, ...(scorer ? { scorer } : {}) };
  return { ports, best: () => best, chance: () => chance };
}
