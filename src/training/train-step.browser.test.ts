import { jit } from "@jax-js/jax";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../core/rng";
import { startBackend } from "../model/backend";
import { keepParams, type Params, toDevice } from "../model/network/parameters";
import { TEST_CONFIG, testWeights, watchWasmMemory } from "../model/test-fixture";
import { ADAMW_DEFAULTS, initialOptState } from "./adamw";
import { type PackableExample, packBatch } from "./data/packing";
import { batchLoss, batchToDevice, createTrainStep, type DeviceBatch, type TrainState } from "./train-step";

const memory = watchWasmMemory();

function examples(count: number, seed = 1): PackableExample[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const tokens = Array.from({ length: random.int(4, 14) }, () => random.int(1, TEST_CONFIG.vocab_size - 1));
    return { tokens, weights: tokens.map((_, i) => (i < 2 ? 0 : random.pick([0.25, 1]))) };
  });
}

const batch = packBatch(examples(12), 4, 32).batch;

function freshState(): TrainState {
  const params = toDevice(testWeights());
  return { params, optState: initialOptState(params) };
}

describe("training step", () => {
  const compiled = jit((params: Params, input: DeviceBatch) => batchLoss(TEST_CONFIG, params, input));
  let params: Params;

  beforeAll(async () => {
    await startBackend("wasm");
    params = toDevice(testWeights());
  });

  /** The loss of some examples, packed into one row each or together. */
  const lossOf = (list: readonly PackableExample[], rows: number, rowTokens: number): number =>
    compiled(keepParams(params), batchToDevice(packBatch(list, rows, rowTokens).batch)).item();

  it("learns a fixed batch by heart", () => {
    const step = createTrainStep(TEST_CONFIG, ADAMW_DEFAULTS);
    let state = freshState();
    const losses: number[] = [];
    for (let i = 1; i <= 60; i++) {
      const result = step.run(state, batch, 1e-2, i);
      state = result.state;
      losses.push(result.loss.item());
    }
    expect(losses[0]).toBeGreaterThan(2.5);
    expect(losses.at(-1)).toBeLessThan(0.3 * (losses[0] ?? 0));
  });

  it("gives an example the same loss alone and packed among others", () => {
    const [target, ...others] = examples(6, 9);
    if (!target) throw new Error("no example");
    const masked = others.map(({ tokens }) => ({ tokens, weights: tokens.map(() => 0) }));
    const alone = lossOf([target], 1, 64);
    expect(lossOf([...masked.slice(0, 2), target, ...masked.slice(2)], 1, 64)).toBeCloseTo(alone, 4);
    expect(alone).toBeGreaterThan(1);
  });

  it("weighs tokens: the mean over two examples is the weighted mean of their losses", () => {
    const [first, second] = examples(2, 4);
    if (!first || !second) throw new Error("no example");
    const weightOf = ({ weights }: PackableExample) => weights.slice(1).reduce((sum, weight) => sum + weight, 0);
    const [a, b] = [weightOf(first), weightOf(second)];
    const expected = (a * lossOf([first], 1, 32) + b * lossOf([second], 1, 32)) / (a + b);
    expect(lossOf([first, second], 2, 32)).toBeCloseTo(expected, 4);
  });

  it("has the gradient that finite differences have", () => {
    // One plain step of Adam without decay moves every weight by the rate, against the sign of its gradient.
    const rate = 1e-3;
    const step = createTrainStep(TEST_CONFIG, { ...ADAMW_DEFAULTS, weightDecay: 0, clipNorm: 1e9 });
    const { state } = step.run(freshState(), batch, rate, 1);
    const lossWith = (name: string, index: number, change: number): number => {
      const weights = testWeights();
      const tensor = weights.get(name);
      if (tensor) tensor.data[index] = (tensor.data[index] ?? 0) + change;
      return compiled(toDevice(weights), batchToDevice(batch)).item();
    };
    for (const [name, { data }] of testWeights()) {
      const moved = state.params[name]?.ref.dataSync() ?? [];
      const index = Math.floor(data.length / 2);
      const slope = (lossWith(name, index, 0.01) - lossWith(name, index, -0.01)) / 0.02;
      const change = (moved[index] ?? 0) - (data[index] ?? 0);
      if (Math.abs(slope) > 1e-3) expect({ name, sign: Math.sign(change) }).toEqual({ name, sign: -Math.sign(slope) });
    }
  });

  it("holds on to no memory", () => {
    const step = createTrainStep(TEST_CONFIG, ADAMW_DEFAULTS);
    let state = freshState();
    const run = (count: number) => {
      const result = step.run(state, batch, 1e-3, count);
      state = result.state;
      result.loss.item();
    };
    for (let i = 1; i <= 5; i++) run(i);
    const before = memory();
    expect(before).toBeGreaterThan(0);
    for (let i = 6; i <= 80; i++) run(i);
    expect(memory()).toBe(before);
  });
});
