import { numpy as np } from "@jax-js/jax";
import { beforeAll, describe, expect, it } from "vitest";
import { type Backend, startBackend } from "../model/jax";
import type { HostParams } from "../model/network/parameters";
import { fetchTestKernels, TEST_CONFIG, testWeights, watchWasmMemory } from "../model/test-fixture";
import { threadsHere } from "../model/wasm/threads";
import type { PackableExample } from "./data/packing";
import { createLearner, type Learner, type LearnerTask, type TrainingBackend } from "./learner";
import { languageModel, packed, randomExamples } from "./learner-fixture";
import type { Objective } from "./objectives/objective";
import { ADAMW_DEFAULTS } from "./optimizer";

const memory = watchWasmMemory();

const batch = packed(randomExamples(12), 4, 32);

const kernels: TrainingBackend = { fetchKernels: fetchTestKernels, threading: threadsHere(false) };

describe.each(["wasm", "simd"] as const)("learner on %s", (where) => {
  let jax: Backend;
  let backend: TrainingBackend;

  beforeAll(async () => {
    jax = await startBackend("wasm");
    backend = where === "wasm" ? jax : kernels;
  });

  function learnerOf(changes: Partial<LearnerTask> = {}, params: HostParams = testWeights()): Learner {
    const task = {
      backend,
      config: TEST_CONFIG,
      objective: languageModel,
      frozen: [],
      adamw: ADAMW_DEFAULTS,
      ...changes,
    };
    return createLearner(task, { params, first: new Map(), second: new Map() });
  }

  /** The loss of some examples, packed into one row each or together. */
  async function lossOf(list: readonly PackableExample[], rows: number, rowTokens: number): Promise<number> {
    const learner = learnerOf();
    const { loss } = await learner.evaluate(packed(list, rows, rowTokens));
    learner.dispose();
    return loss;
  }

  it("learns a fixed batch by heart", async () => {
    const learner = learnerOf();
    const losses: number[] = [];
    for (let i = 1; i <= 60; i++) losses.push((await learner.step([batch], 1e-2, i)).loss);
    expect(losses[0]).toBeGreaterThan(2.5);
    expect(losses.at(-1)).toBeLessThan(0.3 * (losses[0] ?? 0));
    learner.dispose();
  });

  it("gives an example the same loss alone and packed among others", async () => {
    const [target, ...others] = randomExamples(6, 9);
    if (!target) throw new Error("no example");
    const masked = others.map(({ tokens }) => ({ tokens, weights: tokens.map(() => 0) }));
    const alone = await lossOf([target], 1, 64);
    expect(await lossOf([...masked.slice(0, 2), target, ...masked.slice(2)], 1, 64)).toBeCloseTo(alone, 4);
    expect(alone).toBeGreaterThan(1);
  });

  it("weighs tokens: the mean over two examples is the weighted mean of their losses", async () => {
    const [first, second] = randomExamples(2, 4);
    if (!first || !second) throw new Error("no example");
    const weightOf = ({ weights }: PackableExample) => weights.slice(1).reduce((sum, weight) => sum + weight, 0);
    const [a, b] = [weightOf(first), weightOf(second)];
    const expected = (a * (await lossOf([first], 1, 32)) + b * (await lossOf([second], 1, 32))) / (a + b);
    expect(await lossOf([first, second], 2, 32)).toBeCloseTo(expected, 4);
  });

  it("has the gradient that finite differences have", async () => {
    // One plain step of Adam without decay moves every weight by the rate, against the sign of its gradient.
    const learner = learnerOf({ adamw: { ...ADAMW_DEFAULTS, weightDecay: 0, clipNorm: 1e9 } });
    await learner.step([batch], 1e-3, 1);
    const { params } = await learner.state();
    learner.dispose();
    const lossWith = async (name: string, index: number, change: number): Promise<number> => {
      const weights = testWeights();
      const tensor = weights.get(name);
      if (tensor) tensor.data[index] = (tensor.data[index] ?? 0) + change;
      const changed = learnerOf({}, weights);
      const { loss } = await changed.evaluate(batch);
      changed.dispose();
      return loss;
    };
    for (const [name, { data }] of testWeights()) {
      const index = Math.floor(data.length / 2);
      const slope = ((await lossWith(name, index, 0.01)) - (await lossWith(name, index, -0.01))) / 0.02;
      const change = (params.get(name)?.data[index] ?? 0) - (data[index] ?? 0);
      if (Math.abs(slope) > 1e-3) expect({ name, sign: Math.sign(change) }).toEqual({ name, sign: -Math.sign(slope) });
    }
  });

  it("makes one step of several batches as of one large one", async () => {
    const list = randomExamples(8, 3);
    const large = learnerOf();
    const report = await large.step([packed(list, 8, 16)], 1e-2, 1);
    const small = learnerOf();
    const parts = [0, 2, 4, 6].map((i) => packed(list.slice(i, i + 2), 2, 16));
    expect((await small.step(parts, 1e-2, 1)).loss).toBeCloseTo(report.loss, 5);
    const [expected, actual] = [await large.state(), await small.state()];
    // Moments, because Adam's first step has the same length whatever a gradient's size.
    for (const [name, { data }] of expected.first) expectClose(actual.first.get(name)?.data, data, 1e-4);
    large.dispose();
    small.dispose();
  });

  it("leaves frozen parameters alone, without moments, and trains the others", async () => {
    const isFrozen = (name: string) => name.startsWith("model.embed") || name.startsWith("model.layers.0.");
    const learner = learnerOf({ frozen: ["model.embed", "model.layers.0."] });
    const before = (await learner.evaluate(batch)).loss;
    for (let i = 1; i <= 10; i++) await learner.step([batch], 1e-2, i);
    expect((await learner.evaluate(batch)).loss).toBeLessThan(before);
    const { params, first, second } = await learner.state();
    for (const [name, { data }] of testWeights()) {
      const same = params.get(name)?.data.every((value, i) => value === data[i]);
      expect({ name, same }).toEqual({ name, same: isFrozen(name) });
      expect({ name, moments: first.has(name) && second.has(name) }).toEqual({ name, moments: !isFrozen(name) });
    }
    learner.dispose();
  });

  it("trains a head on hidden states, and reports what its objective measures", async () => {
    const name = "heads.value.weight";
    const head = { shape: [1, TEST_CONFIG.hidden_size], data: new Float32Array(TEST_CONFIG.hidden_size) };
    // The mean square of head . hidden - 1 over all places.
    const objective: Objective = {
      ...languageModel,
      name: "constant",
      heads: new Map([[name, head.shape]]),
      cost: (output, heads, targets) => {
        for (const array of Object.values(targets)) array.dispose();
        const weight = heads[name]?.ref;
        if (!weight) throw new RangeError("no head");
        const values = np.matmul(output.hidden(), weight.transpose([1, 0]));
        const off = values.ref.sub(1);
        return { loss: np.mean(off.ref.mul(off)), weight: np.ones([]), metrics: { value: np.mean(values) } };
      },
    };
    const learner = learnerOf({ objective, frozen: ["model."] }, new Map([...testWeights(), [name, head]]));
    expect(await learner.step([batch], 1e-2, 1)).toEqual({ loss: 1, metrics: { value: 0 } });
    for (let i = 2; i <= 60; i++) await learner.step([batch], 1e-2, i);
    const { loss, metrics } = await learner.step([batch], 1e-2, 61);
    expect(loss).toBeLessThan(0.95);
    expect(metrics.value).toBeGreaterThan(0);
    expect((await learner.step([batch, batch], 0, 62)).metrics.value).toBeGreaterThan(0);
    expect((await learner.state()).first.size).toBe(1);
    learner.dispose();
    expect(() => learnerOf({ objective })).toThrow(/heads.value.weight is missing/);
  });

  it("agrees on WebGPU", async ({ skip }) => {
    if (where === "simd") return skip("the kernels have nothing to do with WebGPU");
    const gpu = await startBackend("webgpu").catch((error: Error) => error);
    if (gpu instanceof Error) return skip(`WebGPU is not tested here: ${gpu.message}`);
    // One layer, because a software adapter compiles slowly.
    const config = { ...TEST_CONFIG, num_hidden_layers: 1 };
    const run = async (backend: TrainingBackend) => {
      const learner = learnerOf({ backend, config }, testWeights(config));
      const report = await learner.step([batch], 1e-3, 1);
      const result = { loss: report.loss, state: await learner.state(), after: (await learner.evaluate(batch)).loss };
      learner.dispose();
      return result;
    };
    const actual = await run(gpu);
    await startBackend("wasm");
    const expected = await run(jax);
    expect(actual.loss).toBeCloseTo(expected.loss, 3);
    expect(actual.after).toBeCloseTo(expected.after, 3);
    for (const [name, { data }] of expected.state.first) expectClose(actual.state.first.get(name)?.data, data, 1e-3);
  });

  it("holds on to no memory", async () => {
    const learner = learnerOf();
    const run = (count: number) => learner.step(count % 2 ? [batch] : [batch, batch], 1e-3, count);
    for (let i = 1; i <= 6; i++) await run(i);
    const before = memory();
    expect(before).toBeGreaterThan(0);
    for (let i = 7; i <= 80; i++) await run(i);
    expect(memory()).toBe(before);
    learner.dispose();
  });
});

/** Largest difference as a share of the largest expected size. */
function expectClose(actual: Float32Array | undefined, expected: Float32Array, tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...expected.map((value, i) => Math.abs(value - (actual?.[i] ?? Number.NaN))));
  expect(difference).toBeLessThanOrEqual(tolerance * largest);
}
