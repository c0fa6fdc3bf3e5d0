import { numpy as np } from "@jax-js/jax";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../core/rng";
import { type Backend, startBackend } from "../../model/jax";
import { type HostParams, initialHeads } from "../../model/network/parameters";
import { valueHead } from "../../model/network/value-head";
import { fetchTestKernels, TEST_CONFIG, testWeights } from "../../model/test-fixture";
import { threadsHere } from "../../model/wasm/threads";
import type { PackableExample } from "../data/packing";
import { toArray } from "../jax-learner";
import { createLearner, type Learner, type TrainingBackend } from "../learner";
import { randomExamples } from "../learner-fixture";
import { ADAMW_DEFAULTS } from "../optimizer";
import { DPO_DEFAULTS, dpoObjective, parseReferences, type ReferredPair, referenceLogProbs } from "./dpo";
import { tokenLogProbs } from "./language-model";
import type { Objective, TrainingBatch } from "./objective";
import {
  POLICY_GRADIENT_DEFAULTS,
  policyGradientBatches,
  policyGradientObjective,
  type WeighedText,
} from "./policy-gradient";
import { pairwiseObjective } from "./prm-pairwise";
import { pointwiseObjective } from "./prm-pointwise";
import { sftObjective } from "./sft";

let jax: Backend;

beforeAll(async () => {
  jax = await startBackend("wasm");
});

/** What an objective makes of outputs that are written out: [M, V] logits, [M, D] hidden states. */
async function costOf(
  objective: Objective,
  { targets }: TrainingBatch,
  given: { readonly logits?: number[][]; readonly hidden?: number[][]; readonly heads?: Record<string, number[][]> },
) {
  const heads = Object.fromEntries(Object.entries(given.heads ?? {}).map(([name, rows]) => [name, np.array(rows)]));
  if (heads["heads.value.bias"]) heads["heads.value.bias"] = heads["heads.value.bias"].reshape([-1]);
  const { next, ...others } = targets;
  const logits = () => np.array(given.logits ?? []);
  const output = {
    logits,
    hidden: () => np.array(given.hidden ?? []),
    logProbs: () => tokenLogProbs(logits(), next ? toArray(next).reshape([-1]) : np.array([])),
  };
  const read = objective.reads === "logProbs" ? others : targets;
  const onDevice = Object.fromEntries(Object.entries(read).map(([name, array]) => [name, toArray(array)]));
  const { loss, weight, metrics } = objective.cost(output, heads, onDevice);
  const number = async (array: typeof loss) => (await jax.read(array))[0] ?? Number.NaN;
  const figures: [string, number][] = [];
  for (const [name, metric] of Object.entries(metrics)) figures.push([name, await number(metric)]);
  const told: Readonly<Record<string, number>> = Object.fromEntries(figures);
  return { ...told, loss: await number(loss), weight: await number(weight) };
}

/** Its batches are made of what was drawn, so that it is never asked for any. */
const unasked: Pick<Objective, "batches" | "evaluationBatches"> = { batches: fail, evaluationBatches: () => [] };

function fail(): never {
  throw new RangeError("there is no batch");
}

const first = (objective: Objective) => objective.batches().next(1, 0);

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Logits of a vocabulary of two, under which token 1 has this probability. */
const odds = (p: number) => [0, Math.log(p / (1 - p))];

const answer = (tokens: number[], prompt: number): PackableExample => ({
  tokens,
  weights: tokens.map((_, i) => (i < prompt ? 0 : 1)),
});

describe("by hand", () => {
  it("SFT: the mean over the answer's tokens, none of the prompt's", async () => {
    const train = [answer([0, 1, 1, 0], 2)];
    const objective = sftObjective({ train, validation: [] }, { rows: 1, rowTokens: 4 }, 1);
    const logits = [odds(0.9), odds(0.4), odds(0.25), odds(0.5)];
    const cost = await costOf(objective, first(objective), { logits });
    // Token 2 from place 1: p = 0.4, and token 0 is likelier; token 3 is a 0, from place 2: p = 0.75.
    expect(cost.loss).toBeCloseTo(-(Math.log(0.4) + Math.log(0.75)) / 2, 5);
    expect(cost).toMatchObject({ weight: 2, accuracy: 0.5 });
  });

  it("DPO: preference against the reference, and the chosen answer's likelihood", async () => {
    const pair: ReferredPair = {
      chosen: answer([0, 1, 1], 1),
      rejected: answer([0, 0], 1),
      reference: { chosen: -2, rejected: -1 },
    };
    const objective = dpoObjective([pair], [], { beta: 0.5, nllWeight: 2 }, { rows: 1, rowTokens: 6 }, 1);
    const logits = [odds(0.6), odds(0.5), odds(0.9), odds(0.2), odds(0.9), odds(0.9)];
    const chosen = Math.log(0.6) + Math.log(0.5);
    const rejected = Math.log(0.8);
    const margin = 0.5 * (chosen - rejected - (-2 - -1));
    const cost = await costOf(objective, once(objective), { logits });
    expect(cost.loss).toBeCloseTo(-Math.log(sigmoid(margin)) - 2 * (chosen / 2), 4);
    expect(cost).toMatchObject({
      weight: 1,
      chosenLogProb: expect.closeTo(chosen, 4),
      rejectedLogProb: expect.closeTo(rejected, 4),
      margin: expect.closeTo(margin, 4),
      accuracy: margin > 0 ? 1 : 0,
    });
  });

  describe("policy gradient", () => {
    /** Token 1 with p = 0.6, then token 0 with p = 0.2; then padding. */
    const logits = [odds(0.3), odds(0.6), odds(0.8), odds(0.5)];
    const text = (advantage: number, ...drawn: number[]): WeighedText => ({
      tokens: [0, 1, 1, 0],
      prompt: 2,
      drawn: drawn.map(Math.log),
      reference: [Math.log(0.3), Math.log(0.4)],
      advantage,
    });
    const of = async (weighed: WeighedText, klWeight = 0) => {
      const options = { clipLow: 0.2, clipHigh: 0.3, klWeight };
      const [batch] = policyGradientBatches([weighed], 8, options, { rows: 1, rowTokens: 4 });
      if (!batch) throw new RangeError("no batch");
      const cost = await costOf({ ...policyGradientObjective(options), ...unasked }, batch, { logits });
      // What a step minimises: the sum over the tokens by the constant.
      const figures: Readonly<Record<string, number>> = { ...cost, minimised: cost.loss * cost.weight };
      return figures;
    };

    it("is the advantage times the ratio, by a constant", async () => {
      const { minimised, clipRatio } = await of(text(0.5, 0.6, 0.25));
      expect(minimised).toBeCloseTo(-(0.5 * 1 + 0.5 * (0.2 / 0.25)) / 8, 5);
      expect(clipRatio).toBeCloseTo(0, 6);
    });

    it("clips a ratio on the side where it gains, and there alone", async () => {
      // Ratios 2 and 0.5: of a good text the first counts 1.3, of a bad one the second 0.8.
      expect(await of(text(0.5, 0.3, 0.4))).toMatchObject({
        minimised: expect.closeTo(-(0.5 * 1.3 + 0.5 * 0.5) / 8, 5),
        clipRatio: expect.closeTo(0.5, 5),
      });
      expect(await of(text(-0.5, 0.3, 0.4))).toMatchObject({
        minimised: expect.closeTo((0.5 * 2 + 0.5 * 0.8) / 8, 5),
        clipRatio: expect.closeTo(0.5, 5),
      });
    });

    it("adds the estimate of the divergence where it has a weight", async () => {
      const k3 = (d: number) => Math.exp(d) - d - 1;
      const divergence = k3(Math.log(0.3 / 0.6)) + k3(Math.log(0.4 / 0.2));
      const { minimised, kl } = await of(text(0.5, 0.6, 0.2), 0.25);
      expect(minimised).toBeCloseTo((-2 * 0.5 + 0.25 * divergence) / 8, 4);
      expect(kl).toBeCloseTo(divergence / 2, 4);
    });

    it("divides by the constant however many batches there are", () => {
      const texts = [text(1, 0.5, 0.5), text(-1, 0.5, 0.5), text(2, 0.5, 0.5)];
      const batches = policyGradientBatches(texts, 12, POLICY_GRADIENT_DEFAULTS, { rows: 1, rowTokens: 8 });
      expect(batches).toHaveLength(2);
      const weights = batches.flatMap(({ targets }) => [...(targets.weights?.data ?? [])]);
      expect(weights.reduce((sum, weight) => sum + weight, 0) / batches.length).toBeCloseTo(6 / 12, 6);
    });
  });

  const shape = { rows: 1, rowTokens: 4 };
  const small = { ...TEST_CONFIG, hidden_size: 2 };
  const heads = { "heads.value.weight": [[1, -1]], "heads.value.bias": [[0.5]] };
  const hidden = [
    [0, 0],
    [2, 1],
    [0, 0],
    [1, 3],
  ];
  /** Values at places 1 and 3. */
  const [early, late] = [sigmoid(1.5), sigmoid(-1.5)];

  it.each([
    ["counts", (-3 * Math.log(early) - 1 * Math.log(1 - early) - 2 * Math.log(1 - late)) / 6, 6],
    ["soft", (-0.75 * Math.log(early) - 0.25 * Math.log(1 - early) - Math.log(1 - late)) / 2, 2],
    ["hard", (-Math.log(early) - Math.log(1 - late)) / 2, 2],
  ] as const)("point-wise PRM on %s", async (labels, expected, weight) => {
    const ends = [
      { at: 1, wins: 3, visits: 4 },
      { at: 3, wins: 0, visits: 2 },
    ];
    const objective = pointwiseObjective([{ tokens: [1, 2, 3, 4], ends }], [], labels, small, shape, 1);
    const cost = await costOf(objective, first(objective), { hidden, heads });
    expect(cost.loss).toBeCloseTo(expected, 4);
    expect(cost.weight).toBe(weight);
    if (labels === "soft")
      expect(cost).toMatchObject({
        value: expect.closeTo(0.375, 5),
        estimate: expect.closeTo((early + late) / 2, 5),
        accuracy: 1,
      });
  });

  it("pair-wise PRM: the better path's logit above the worse one's, by a margin", async () => {
    const pair = { better: [1, 2], worse: [1, 3], gap: 0.5 };
    const objective = pairwiseObjective([pair], [], 2, small, shape, 1);
    const cost = await costOf(objective, once(objective), { hidden, heads });
    expect(cost.loss).toBeCloseTo(-Math.log(sigmoid(1.5 - -1.5 - 1)), 5);
    expect(cost).toMatchObject({ weight: 1, accuracy: 1, difference: expect.closeTo(3, 5) });
    const swapped = pairwiseObjective([{ better: [1, 2], worse: [1, 3], gap: 0.5 }], [], 0, small, shape, 1);
    const turned = [...hidden.slice(2), ...hidden.slice(0, 2)];
    expect(await costOf(swapped, once(swapped), { hidden: turned, heads })).toMatchObject({
      accuracy: 0,
      difference: -3,
    });
  });

  it("is finite however sure the head is", async () => {
    const pair = { better: [1, 2], worse: [1, 3], gap: 1 };
    const objective = pairwiseObjective([pair], [], 0, small, shape, 1);
    const far = [
      [0, 0],
      [0, 300],
      [0, 0],
      [300, 0],
    ];
    expect((await costOf(objective, once(objective), { hidden: far, heads })).loss).toBeCloseTo(600, 3);
  });
});

/** A batch in which the dataset's only item stands once. */
function once(objective: Objective): TrainingBatch {
  const batch = first(objective);
  const present = batch.targets.present;
  expect(present && [...present.data].filter((x) => x === 1).length).toBeGreaterThan(0);
  return batch;
}

/** Each objective on random data. */
const shape = { rows: 4, rowTokens: 32 };
const pairs: readonly ReferredPair[] = randomExamples(16, 5).map((chosen, i) => ({
  chosen,
  rejected: randomExamples(1, 100 + i)[0] ?? chosen,
  reference: { chosen: -20 - i, rejected: -22 },
}));
const random = createRandom(7);
const paths = randomExamples(16, 6).map(({ tokens }) => ({
  tokens,
  ends: [1, tokens.length - 1].map((at) => ({ at, wins: random.int(0, 4), visits: random.int(4, 8) })),
}));
const ranked = pairs.map(({ chosen, rejected }, i) => ({
  better: chosen.tokens,
  worse: rejected.tokens,
  gap: (1 + (i % 4)) / 4,
}));
/** Texts as a policy may have written them, not quite with the probabilities that it has now. */
const weighed = randomExamples(16, 11).map(
  ({ tokens }, i): WeighedText => ({
    tokens,
    prompt: 2,
    drawn: tokens.slice(2).map((token) => -3 + 0.02 * token),
    reference: tokens.slice(2).map((token) => -3.2 + 0.02 * token),
    advantage: ((i % 5) - 2) / 4,
  }),
);
const written = policyGradientBatches(weighed, 100, { ...POLICY_GRADIENT_DEFAULTS, klWeight: 0.5 }, shape);
const all: readonly Objective[] = [
  {
    ...policyGradientObjective({ clipLow: 50, clipHigh: 50, klWeight: 0.5 }),
    batches: () => ({ next: (number) => written[number % written.length] ?? fail(), position: null }),
    evaluationBatches: () => written,
  },
  sftObjective({ train: randomExamples(16, 8), validation: randomExamples(5, 9) }, shape, 1),
  dpoObjective(pairs.slice(3), pairs.slice(0, 3), { beta: 0.3, nllWeight: 0.5 }, shape, 1),
  pointwiseObjective(paths.slice(3), paths.slice(0, 3), "counts", TEST_CONFIG, shape, 1),
  pairwiseObjective(ranked.slice(3), ranked.slice(0, 3), 0.5, TEST_CONFIG, shape, 1),
];

describe.each(all.map((objective) => [objective.name, objective] as const))("%s", (_, objective) => {
  const adamw = { ...ADAMW_DEFAULTS, clipNorm: 1e9 };
  const kernels: TrainingBackend = { fetchKernels: fetchTestKernels, threading: threadsHere(false) };
  const start: HostParams = new Map([...testWeights(), ...initialHeads(valueHead(TEST_CONFIG), 3)]);

  function learnerOn(backend: TrainingBackend, params = start): Learner {
    const task = { backend, config: TEST_CONFIG, objective, frozen: [], adamw };
    return createLearner(task, { params, first: new Map(), second: new Map() });
  }

  it("has on the kernels the loss, the figures and the gradients that jax-js has", async () => {
    const stream = objective.batches();
    const batches = [stream.next(1, 0), stream.next(2, 0)];
    const [expected, actual] = [learnerOn(jax), learnerOn(kernels)];
    const [report, same] = [await expected.step(batches, 0, 1), await actual.step(batches, 0, 1)];
    expect(same.loss).toBeCloseTo(report.loss, 4);
    for (const [name, value] of Object.entries(report.metrics)) expect(same.metrics[name]).toBeCloseTo(value, 3);
    const [before, after] = [(await expected.state()).first, (await actual.state()).first];
    for (const [name, { data }] of before) {
      const largest = Math.max(...data.map(Math.abs));
      const off = Math.max(...data.map((x, i) => Math.abs(x - (after.get(name)?.data[i] ?? Number.NaN))));
      expect(off, name).toBeLessThanOrEqual(2e-3 * largest + 1e-7);
    }
    expected.dispose();
    actual.dispose();
  });

  it("has the slope along its gradient that finite differences have", async () => {
    const batch = first(objective);
    const learner = learnerOn(jax);
    await learner.step([batch], 0, 1);
    const { first: moments } = await learner.state();
    const gradient = new Map(
      [...moments].map(([name, { shape: of, data }]) => [
        name,
        { shape: of, data: data.map((x) => x / (1 - adamw.beta1)) },
      ]),
    );
    const square = [...gradient.values()].reduce((sum, { data }) => sum + data.reduce((of, x) => of + x * x, 0), 0);
    expect(square).toBeGreaterThan(1e-6);
    const lossAt = async (distance: number) => {
      const moved = new Map(
        [...start].map(([name, { shape: of, data }]) => {
          const slopes = gradient.get(name)?.data;
          const by = distance / Math.sqrt(square);
          return [name, { shape: of, data: data.map((x, i) => x + by * (slopes?.[i] ?? 0)) }];
        }),
      );
      const there = learnerOn(jax, moved);
      const { loss } = await there.evaluate(batch);
      there.dispose();
      return loss;
    };
    const slope = ((await lossAt(0.01)) - (await lossAt(-0.01))) / 0.02;
    const { weight } = await learner.evaluate(batch);
    const share = weight / (objective.batchWeight ?? weight);
    expect((share * slope) / Math.sqrt(square)).toBeCloseTo(1, 1);
    learner.dispose();
  });

  it("learns a small dataset", async () => {
    const learner = learnerOn(kernels);
    const stream = objective.batches();
    const losses: number[] = [];
    for (let i = 1; i <= 60; i++) losses.push((await learner.step([stream.next(i, 0)], 1e-2, i)).loss);
    const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
    expect(mean(losses.slice(-10))).toBeLessThan(0.9 * mean(losses.slice(0, 5)));
    for (const batch of objective.evaluationBatches())
      expect(Number.isFinite((await learner.evaluate(batch)).loss)).toBe(true);
    learner.dispose();
  });
});

it("reference log-probabilities are the sums over the answers, on the kernels as on jax-js", async () => {
  const of = async (backend: TrainingBackend) => {
    const model = { backend, config: TEST_CONFIG, params: testWeights() };
    return referenceLogProbs(model, pairs.slice(0, 2), { rows: 1, rowTokens: 32 });
  };
  const [expected, actual] = [
    await of(jax),
    await of({ fetchKernels: fetchTestKernels, threading: threadsHere(false) }),
  ];
  for (const [i, { chosen, rejected }] of expected.entries()) {
    expect(actual[i]?.chosen).toBeCloseTo(chosen, 3);
    expect(actual[i]?.rejected).toBeCloseTo(rejected, 3);
    expect(chosen).toBeLessThan(-1);
  }
  // Where the reference is the policy itself, there is no margin yet.
  const referred = pairs.slice(0, 2).map((pair, i) => ({ ...pair, reference: expected[i] ?? pair.reference }));
  const objective = dpoObjective(referred, referred, { ...DPO_DEFAULTS, nllWeight: 0 }, shape, 1);
  const task = { backend: jax, config: TEST_CONFIG, objective, frozen: [], adamw: ADAMW_DEFAULTS };
  const learner = createLearner(task, { params: testWeights(), first: new Map(), second: new Map() });
  const [batch] = objective.evaluationBatches();
  expect(batch && (await learner.evaluate(batch)).loss).toBeCloseTo(Math.log(2), 4);
  learner.dispose();
});

it("reference log-probabilities come back from where a run was, and only for as many pairs as there are", () => {
  const objective = dpoObjective(pairs.slice(2, 4), pairs.slice(0, 1), DPO_DEFAULTS, shape, 1);
  const position: unknown = JSON.parse(JSON.stringify(objective.batches().position));
  expect(parseReferences(position, 3)).toEqual([2, 3, 0].map((i) => pairs[i]?.reference));
  for (const bad of [undefined, {}, { references: [{ chosen: -1 }] }, position]) {
    expect(() => parseReferences(bad, 1)).toThrow(expect.objectContaining({ code: "model/bad-checkpoint" }));
  }
});
