import { deriveSeed } from "../../core/rng";
import type { Tokenizer } from "../../model/io/tokenizer";
import { tokenizeExample } from "../data/batches";
import type { Corpus } from "../data/corpus";
import {
  allBatches,
  type BatchShape,
  type Draw,
  epochsOf,
  type ItemPacking,
  mixed,
  streamOf,
} from "../data/dataset-stream";
import { type PackableExample, writeTargets } from "../data/packing";
import { nextTokenCost, toTrainingBatch } from "./language-model";
import { EVALUATION_BATCHES, type Objective } from "./objective";

/** What supervised fine-tuning learns from. */
export interface SftData {
  /** Not empty; each at most a row long. Prompts weigh 0. */
  readonly train: readonly PackableExample[];
  readonly validation: readonly PackableExample[];
  /** Texts of before, so that they are not forgotten. */
  readonly replay?: {
    /** Of the examples read, in [0, 1). */
    readonly share: number;
    readonly tokenizer: Tokenizer;
    readonly createCorpus: (seed: number) => Corpus;
  };
}

/**
 * Supervised fine-tuning (O1-CODER, eq. 2):
 *
 *   L = - sum_t w_t log p(y_t | x, y_<t) / sum_t w_t
 *
 * over given examples, where w is 0 on the prompt x: the language model's loss on a finite dataset.
 */
export function sftObjective({ train, validation, replay }: SftData, shape: BatchShape, seed: number): Objective {
  const packing: ItemPacking<PackableExample> = {
    ...shape,
    textsOf: ({ tokens }) => [tokens],
    toBatch(texts, placed) {
      const size = shape.rows * shape.rowTokens;
      const batch = { ...texts, targets: new Int32Array(size), weights: new Float32Array(size) };
      for (const { item, starts } of placed) writeTargets(batch, item, starts[0] ?? 0);
      return toTrainingBatch(batch);
    },
  };
  const own = epochsOf(train, seed);
  const draw = replay ? mixed(own, replayed(replay, shape.rowTokens, seed), replay.share) : own;
  return {
    name: "sft",
    heads: new Map(),
    cost: nextTokenCost,
    batches: (position) => streamOf(packing, draw, position),
    evaluationBatches: () => allBatches(packing, validation, EVALUATION_BATCHES),
  };
}

/** Texts of the corpus as it is at the end of its curriculum, none longer than a row. */
function replayed(
  { tokenizer, createCorpus }: NonNullable<SftData["replay"]>,
  rowTokens: number,
  seed: number,
): Draw<PackableExample> {
  return (number) => {
    const corpus = createCorpus(deriveSeed(seed, "replay", number));
    for (;;) {
      const example = tokenizeExample(tokenizer, corpus.next(1));
      if (example.tokens.length <= rowTokens) return example;
    }
  };
}
