/** Texts that a policy has written behind prompts, as batches: what reinforcement learns from. */
import type { HostArray, TrainingBatch } from "../objectives/objective";
import { allBatches, type BatchShape } from "./dataset-stream";
import type { PackedTexts, PlacedItem } from "./packing";

/** A prompt, and what was written behind it. */
export interface WrittenText {
  /** The prompt's, then those that were written, one at least. Together at most a row long. */
  readonly tokens: readonly number[];
  /** Tokens of the prompt, one at least. */
  readonly prompt: number;
}

/** A batch, and where its texts stand. */
export interface WrittenBatch<T> {
  readonly batch: TrainingBatch;
  readonly placed: readonly PlacedItem<T>[];
}

/**
 * Every text once, in as many batches as it takes. Targets are `next`, the written token that follows a place, and figures of it by
 * their names; both are 0 where none follows.
 * @param figuresOf the figures of a text's written token number 0, 1, ...; the same names for all.
 */
export function writtenBatches<T extends WrittenText>(
  texts: readonly T[],
  shape: BatchShape,
  figuresOf: (text: T, written: number) => Readonly<Record<string, number>>,
): readonly WrittenBatch<T>[] {
  const layouts: (readonly PlacedItem<T>[])[] = [];
  const toBatch = (input: PackedTexts, placed: readonly PlacedItem<T>[]) => {
    layouts.push(placed);
    return { input, targets: targetsOf(placed, shape, figuresOf) };
  };
  const packing = { ...shape, textsOf: ({ tokens }: T) => [tokens], toBatch };
  return allBatches(packing, texts, Number.POSITIVE_INFINITY).map((batch, i) => ({ batch, placed: layouts[i] ?? [] }));
}

function targetsOf<T extends WrittenText>(
  placed: readonly PlacedItem<T>[],
  { rows, rowTokens }: BatchShape,
  figuresOf: (text: T, written: number) => Readonly<Record<string, number>>,
): Record<string, HostArray> {
  const places = rows * rowTokens;
  const next = new Int32Array(places);
  const targets: Record<string, HostArray> = { next: { shape: [rows, rowTokens], data: next } };
  for (const { item, starts } of placed) {
    for (let i = item.prompt; i < item.tokens.length; i++) {
      const place = predicting(starts, i);
      next[place] = item.tokens[i] ?? 0;
      for (const [name, figure] of Object.entries(figuresOf(item, i - item.prompt))) {
        targets[name] ??= { shape: [places], data: new Float32Array(places) };
        targets[name].data[place] = figure;
      }
    }
  }
  return targets;
}

/** The log-probabilities of the written tokens of every text, from those at the places of each batch. */
export function writtenLogProbs<T extends WrittenText>(
  batches: readonly WrittenBatch<T>[],
  atPlaces: readonly Float32Array[],
): ReadonlyMap<T, readonly number[]> {
  const found = new Map<T, readonly number[]>();
  for (const [i, { placed }] of batches.entries()) {
    for (const { item, starts } of placed) {
      const written = item.tokens.slice(item.prompt);
      found.set(
        item,
        written.map((_, at) => atPlaces[i]?.[predicting(starts, item.prompt + at)] ?? Number.NaN),
      );
    }
  }
  return found;
}

/** The place whose output predicts token number `i` of a text. */
function predicting([start = 0]: readonly number[], i: number): number {
  return start + i - 1;
}
