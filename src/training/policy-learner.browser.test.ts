import { beforeAll, describe, expect, it } from "vitest";
import { readSafetensors } from "../model/io/safetensors";
import { type Backend, startBackend } from "../model/jax";
import { fetchTestKernels, LETTERS, TEST_CONFIG, testModel, testWeights } from "../model/test-fixture";
import { threadsHere } from "../model/wasm/threads";
import type { Lesson, PolicyLearner, PolicySample } from "../ports/policy-learner";
import { modelOf } from "./checkpoint";
import type { TrainingBackend } from "./learner";
import { readModel } from "./model-file";
import { createPolicyLearner, type PolicyLearnerOptions } from "./policy-learner";

const kernels: TrainingBackend = { fetchKernels: fetchTestKernels, threading: threadsHere(false) };
const start = { id: "0123456789abcdef", config: TEST_CONFIG, params: testWeights() };
const FREE = { name: "policy-gradient", divisor: 64, clipLow: 0.2, clipHigh: 0.28, klWeight: 0 } as const;
const HELD = { ...FREE, klWeight: 0.1 };
const GRADIENT: PolicyLearnerOptions = {
  objective: FREE,
  peakLearningRate: 3e-3,
  epochs: 1,
  seed: 1,
  settings: { of: "a test" },
};
const DPO: PolicyLearnerOptions = { ...GRADIENT, objective: { name: "dpo", beta: 0.5, nllWeight: 1 } };

let jax: Backend;
let samples: readonly PolicySample[];

/** What the sampler draws with these weights, with the probabilities that it drew at. */
async function draw(weights = testWeights()): Promise<readonly PolicySample[]> {
  const model = await testModel("simd", weights);
  const sampling = { temperature: 1, topK: 0, topP: 1 };
  const prompts = ["abc", "hello"];
  const seeds = [1, 2, 3, 4];
  const results = await model.generate(
    prompts.map((prompt) => ({ prompt: LETTERS.encode(prompt), seeds, stop: new Set([0]), maxTokens: 12, sampling })),
  );
  model.dispose();
  return results.flatMap(({ completions }, i) =>
    completions.map(({ tokens, logProbs }) => ({ prompt: prompts[i] ?? "", tokenIds: tokens, logProbs })),
  );
}

beforeAll(async () => {
  jax = await startBackend("wasm");
  samples = await draw();
});

/** Every other path of a prompt is better than the others. */
const weighed = (): Lesson => ({
  method: "policy-gradient",
  samples: samples.map((sample, i) => ({ ...sample, advantage: i % 2 === 0 ? 0.5 : -0.5 })),
});

const paired = (): Lesson => ({
  method: "dpo",
  pairs: samples.flatMap((chosen, i) => {
    const rejected = samples[i + 1];
    return i % 2 === 0 && rejected ? [{ chosen, rejected }] : [];
  }),
});

/** Prompts and all. */
function readTokens(): number {
  return samples.reduce((sum, { prompt, tokenIds }) => sum + prompt.length + tokenIds.length, 0);
}

/** By how much the likelihood of what was better has grown beyond that of what was worse: the mean over samples. */
async function gained(learner: PolicyLearner): Promise<number> {
  const now = await likelihoods(learner);
  return now.reduce((sum, logProb, i) => {
    const before = samples[i]?.logProbs.reduce((a, b) => a + b, 0) ?? 0;
    return sum + ((i % 2 === 0 ? 1 : -1) * (logProb - before)) / now.length;
  }, 0);
}

/** The log-probability of each sample under the learner's weights, by a sampler that has them. */
async function likelihoods(learner: PolicyLearner): Promise<readonly number[]> {
  const { tensors } = readSafetensors(await learner.weights());
  const model = await testModel("simd", tensors);
  const decoder = model.openDecoder();
  const found: number[] = [];
  for (const { prompt, tokenIds } of samples) {
    const read = await decoder.prefill(tokenIds.map((_, i) => [...LETTERS.encode(prompt), ...tokenIds.slice(0, i)]));
    found.push(tokenIds.reduce((sum, token, i) => sum + logProbOf(read.logits[i], token), 0));
    read.dispose();
  }
  decoder.close();
  model.dispose();
  return found;
}

function logProbOf(logits: Float32Array | undefined, token: number): number {
  let total = 0;
  for (const logit of logits ?? []) total += Math.exp(logit);
  return (logits?.[token] ?? Number.NaN) - Math.log(total);
}

describe("a policy that learns from its own samples", () => {
  it("draws with exactly the probabilities that it learns from", async () => {
    for (const backend of [kernels, jax]) {
      const learner = await createPolicyLearner(GRADIENT, { backend, tokenizer: LETTERS, start });
      expect(await learner.divergence(samples)).toBeLessThan(1e-8);
      learner.dispose();
    }
  });

  it.each([
    ["a policy gradient", GRADIENT, weighed],
    ["a policy gradient in three passes, held to its beginning", { ...GRADIENT, epochs: 3, objective: HELD }, weighed],
    ["DPO", DPO, paired],
  ] as const)("makes what was better likelier, by %s", async (_, options, lesson) => {
    const learner = await createPolicyLearner(options, { backend: kernels, tokenizer: LETTERS, start });
    for (let i = 0; i < 3; i++) {
      const { learningRate, tokens, metrics } = await learner.update(lesson(), i / 4);
      expect(tokens).toBe(options.epochs * readTokens());
      expect(learningRate).toBeLessThanOrEqual(3e-3);
      expect(metrics.loss).toBeTypeOf("number");
    }
    expect(await gained(learner)).toBeGreaterThan(0.5);
    learner.dispose();
  });

  it("goes on from its part as it would have gone on, and comes to the best weights it had", async () => {
    const material = { backend: kernels, tokenizer: LETTERS, start };
    const whole = await createPolicyLearner(GRADIENT, material);
    await whole.update(weighed(), 0);
    await whole.keepBest(1, { loss: 0.25, metrics: { greedy: 0.5 } });
    const best = readSafetensors(await whole.weights()).tensors;
    const progress = { step: 1, tokens: 160, metrics: { reward: 0.5, kl: Number.NaN }, position: { any: [1] } };
    const part = await whole.checkpoint(progress);
    const resumed = await createPolicyLearner(GRADIENT, { ...material, part });
    expect(resumed.begun).toEqual({ step: 1, tokens: 160, position: { any: [1] } });
    for (const each of [whole, resumed]) await each.update(weighed(), 0.5);
    expect(await resumed.weights()).toEqual(await whole.weights());
    const { record, params } = await readModel(
      (await modelOf(await resumed.checkpoint({ ...progress, step: 2 }))).file,
    );
    expect(record).toMatchObject({
      kind: "policy",
      parents: [start.id],
      objective: "policy-gradient",
      options: { of: "a test" },
      step: 2,
      metrics: { reward: 0.5, evaluation: 0.25, "evaluation.greedy": 0.5, "evaluation.step": 1 },
    });
    for (const [name, { data }] of best) {
      const off = Math.max(...data.map((x, i) => Math.abs(x - (params.get(name)?.data[i] ?? Number.NaN))));
      expect(off, name).toBeLessThan(2e-3);
    }
    const elsewhere = { ...material, start: { ...start, id: "f".repeat(16) }, part };
    for (const other of [
      () => createPolicyLearner(DPO, { ...material, part }),
      () => createPolicyLearner(GRADIENT, elsewhere),
    ]) {
      await expect(other()).rejects.toMatchObject({ code: "model/bad-checkpoint" });
    }
    whole.dispose();
    resumed.dispose();
  });

  it("learns nothing from nothing, and leaves out what is longer than its context", async () => {
    const learner = await createPolicyLearner(GRADIENT, { backend: kernels, tokenizer: LETTERS, start });
    const before = await learner.weights();
    const long = { prompt: "a".repeat(160), tokenIds: [1], logProbs: [-1], advantage: 1 };
    for (const each of [[], [long]]) {
      expect(await learner.update({ method: "policy-gradient", samples: each }, 0)).toMatchObject({
        tokens: 0,
        metrics: {},
      });
    }
    expect(await learner.weights()).toEqual(before);
    learner.dispose();
  });
});
