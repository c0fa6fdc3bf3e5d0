import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../core/rng";
import { startBackend } from "../model/backend";
import type { Tokenizer } from "../model/io/tokenizer";
import { TEST_CONFIG, testWeights } from "../model/test-fixture";
import { readCheckpoint, writeCheckpoint } from "./checkpoint";
import type { Corpus } from "./data/corpus-port";
import { createPretraining, type PretrainMaterial, type PretrainOptions } from "./pretrain";

/** Letters a to v are tokens 1 to 22. */
const tokenizer: Tokenizer = {
  vocabSize: TEST_CONFIG.vocab_size,
  encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0) - 96),
  decode: (ids) => ids.map((id) => String.fromCharCode(id + 96)).join(""),
  pieceOf: (id) => String.fromCharCode(id + 96),
  idOf: (piece) => piece.charCodeAt(0) - 96,
};

/** Words that say a random beginning twice. */
function createCorpus(seed: number): Corpus {
  const random = createRandom(seed);
  return {
    next: () => {
      const word = Array.from({ length: random.int(2, 5) }, () => String.fromCharCode(random.int(97, 104))).join("");
      return {
        segments: [
          { text: word, weight: 0.1 },
          { text: word, weight: 1 },
        ],
      };
    },
  };
}

const options: PretrainOptions = {
  seed: 3,
  totalTokens: 6000,
  batchRows: 4,
  rowTokens: 32,
  peakLearningRate: 1e-2,
  warmup: 0.1,
};

describe("pretraining", () => {
  let material: PretrainMaterial;

  beforeAll(async () => {
    material = { backend: await startBackend("wasm"), config: TEST_CONFIG, tokenizer, createCorpus };
  });

  it("learns, and ends when its tokens are spent", async () => {
    const run = createPretraining(options, material);
    const before = await run.evaluate();
    const progress = await run.advance(1000);
    expect(progress.done).toBe(true);
    expect(progress.tokens).toBeGreaterThanOrEqual(options.totalTokens);
    expect(progress.tokens).toBeLessThan(options.totalTokens + 128);
    expect(await run.evaluate()).toBeLessThan(0.75 * before);
    expect(progress.learningRate).toBeLessThan(0.05 * options.peakLearningRate);
    run.dispose();
  });

  it("goes on from a checkpoint as if it had never stopped", async () => {
    const whole = createPretraining(options, material);
    await whole.advance(14);
    const expected = { progress: await whole.advance(6), loss: await whole.evaluate(), weights: await whole.weights() };
    const first = createPretraining(options, material);
    await first.advance(14);
    const second = createPretraining(options, material, await first.checkpoint());
    const { tokensPerSecond: _, ...progress } = await second.advance(6);
    expect(expected.progress).toMatchObject(progress);
    expect(await second.evaluate()).toBe(expected.loss);
    expect(await second.weights()).toEqual(expected.weights);
  });

  it("moves schedule and curriculum when a resumed run is given another total", async () => {
    const first = createPretraining(options, material);
    const before = await first.advance(20);
    const shorter = { ...options, totalTokens: before.tokens + 300 };
    const second = createPretraining(shorter, material, await first.checkpoint());
    const after = await second.advance(1000);
    expect(after.done).toBe(true);
    expect(after.step).toBeLessThan(before.step + 6);
    expect(after.learningRate).toBeLessThan(0.3 * before.learningRate);
  });

  it("breaks off with a clear error when the loss is no longer a number", async () => {
    const run = createPretraining({ ...options, peakLearningRate: 1e30, warmup: 0 }, material);
    await expect(run.advance(20)).rejects.toMatchObject({ code: "model/diverged" });
  });

  it("refuses a checkpoint of another model", () => {
    const weights = testWeights({ ...TEST_CONFIG, vocab_size: 9 });
    const file = writeCheckpoint({
      step: 1,
      tokens: 1,
      smoothedLoss: 1,
      waiting: [],
      params: weights,
      first: weights,
      second: weights,
    });
    expect(readCheckpoint(file).params).toEqual(weights);
    expect(() => createPretraining(options, material, file)).toThrow(/do not belong to this config.json/);
  });
});
