import { createRandom } from "../core/rng";
import { TEST_CONFIG } from "../model/test-fixture";
import { type PackableExample, packBatch } from "./data/packing";
import { languageModelObjective } from "./objectives/language-model";
import type { Objective, TrainingBatch } from "./objectives/objective";

/** Random texts of random weights, the first two tokens of each without any. */
export function randomExamples(count: number, seed = 1): PackableExample[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const tokens = Array.from({ length: random.int(4, 14) }, () => random.int(1, TEST_CONFIG.vocab_size - 1));
    return { tokens, weights: tokens.map((_, i) => (i < 2 ? 0 : random.pick([0.25, 1]))) };
  });
}

/** A language model's batch. */
export function packed(list: readonly PackableExample[], rows: number, rowTokens: number): TrainingBatch {
  const { targets, weights, ...input } = packBatch(list, rows, rowTokens).batch;
  const shape = [rows, rowTokens];
  return { input, targets: { next: { shape, data: targets }, weights: { shape, data: weights } } };
}

/** Its batches are made by hand, so that its own source is never asked. */
export const languageModel: Objective = languageModelObjective({
  tokenizer: { vocabSize: 0, encode: () => [], decode: () => "", pieceOf: () => "", idOf: () => 0 },
  createCorpus: () => ({ next: () => ({ segments: [] }) }),
  seed: 1,
  rows: 1,
  rowTokens: 1,
});
