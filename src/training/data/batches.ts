import { deriveSeed } from "../../core/rng";
import type { Tokenizer } from "../../model/io/tokenizer";
import type { Corpus, TrainingExample } from "./corpus";
import { type PackableExample, type PackedBatch, packBatch } from "./packing";

/** The examples waiting for a place, in batches' worth: what lets rows be filled well. */
const POOL_BATCHES = 2;

/** Tokenises segment by segment; every token gets its segment's weight. */
export function tokenizeExample(tokenizer: Tokenizer, example: TrainingExample): PackableExample {
  const tokens: number[] = [];
  const weights: number[] = [];
  for (const { text, weight } of example.segments) {
    for (const token of tokenizer.encode(text)) {
      tokens.push(token);
      weights.push(weight);
    }
  }
  return { tokens, weights };
}

/** What batches are made of. */
export interface BatchSource {
  readonly tokenizer: Tokenizer;
  readonly createCorpus: (seed: number) => Corpus;
  readonly seed: number;
  readonly rows: number;
  readonly rowTokens: number;
}

/** A stream of packed batches whose whole state is the number of the next one and the examples that still wait. */
export interface Batches {
  /** Batch number 1, 2, ...: the corpus starts anew for each, from (seed, number). Examples longer than a row are dropped. */
  next(number: number, progress: number): PackedBatch;
  /** The examples that wait for a place, oldest first. */
  readonly waiting: readonly PackableExample[];
}

/** Starts a stream, or goes on with one from its `waiting` examples. */
export function createBatches(source: BatchSource, waiting: readonly PackableExample[] = []): Batches {
  const { tokenizer, rows, rowTokens } = source;
  let pool: readonly PackableExample[] = waiting;
  return {
    next(number, progress) {
      const corpus = source.createCorpus(deriveSeed(source.seed, "batch", number));
      const filled = [...pool];
      let tokens = pool.reduce((sum, example) => sum + example.tokens.length, 0);
      while (tokens < POOL_BATCHES * rows * rowTokens) {
        const example = tokenizeExample(tokenizer, corpus.next(progress));
        if (example.tokens.length > rowTokens) continue;
        filled.push(example);
        tokens += example.tokens.length;
      }
      const { batch, placed } = packBatch(filled, rows, rowTokens);
      pool = filled.filter((example) => !placed.has(example));
      return batch;
    },
    get waiting() {
      return pool;
    },
  };
}
