/** What the kernels compute by themselves of a batch: how its texts stand in their memory, and the cross-entropies of its targets. */
import type { Kernels, Place } from "../model/wasm/kernels";
import type { PackedTexts } from "./data/packing";
import type { CostReport, TrainingBatch } from "./objectives/objective";

/** Texts as the kernels read them: one after the other. */
export interface KernelTexts {
  readonly tokens: readonly number[];
  readonly positions: readonly number[];
  /** First token and length of each text. */
  readonly ranges: readonly number[];
  /** Where each token was in the packed batch. */
  readonly places: readonly number[];
}

/**
 * A text is a run of one segment in a row. Padding is left out when `isCompact`; else it is read as the text that it looks like, so
 * that every place of the batch has its outputs.
 * @throws RangeError for a token that is not in the vocabulary.
 */
export function readTexts(input: PackedTexts, isCompact: boolean, vocabularySize: number): KernelTexts {
  const [tokens, positions, ranges, places]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let place = 0; place < input.rows * input.rowTokens; place++) {
    const segment = input.segments[place] ?? 0;
    if (segment === 0 && isCompact) continue;
    const token = input.tokens[place] ?? 0;
    if (token < 0 || token >= vocabularySize) throw new RangeError(`no token has the number ${token}`);
    const isFirst = place % input.rowTokens === 0 || input.segments[place - 1] !== segment;
    if (isFirst) ranges.push(tokens.length, 0);
    ranges[ranges.length - 1] = tokens.length + 1 - (ranges.at(-2) ?? 0);
    tokens.push(token);
    positions.push(input.positions[place] ?? 0);
    places.push(place);
  }
  return { tokens, positions, ranges, places };
}

/** What `nextTokenCost` tells; leaves the gradient of its sum at the logits. */
export function crossEntropy(kernels: Kernels, batch: TrainingBatch, places: readonly number[]): CostReport {
  const { weights } = batch.targets;
  if (!weights) throw new RangeError("the batch has no weights");
  runCrossEntropy(kernels, batch, places, (place) => weights.data[place] ?? 0);
  const rows = places.length;
  const weight = Math.max(sum(kernels.floats("lossWeights", rows)), 1e-6);
  const mean = (place: Place) => sum(kernels.floats(place, rows)) / weight;
  return { weight, loss: mean("losses"), metrics: { accuracy: mean("hits") } };
}

/** The log-probability of the target at each place of the packed batch, 0 at padding. */
export function targetLogProbs(
  kernels: Kernels,
  batch: TrainingBatch,
  places: readonly number[],
): Float32Array<ArrayBuffer> {
  runCrossEntropy(kernels, batch, places, () => 1);
  const logProbs = new Float32Array(batch.input.rows * batch.input.rowTokens);
  for (const [i, loss] of kernels.floats("losses", places.length).entries()) logProbs[places[i] ?? 0] = -loss;
  return logProbs;
}

/** Cross-entropies of the targets, and the gradient of their weighted sum at the logits. A weight may be negative. */
export function runCrossEntropy(
  kernels: Kernels,
  { targets: { next } }: TrainingBatch,
  places: readonly number[],
  weightOf: (place: number) => number,
): void {
  if (!next) throw new RangeError("the batch has no targets");
  const rows = places.length;
  const [targetsIn, weightsIn] = [kernels.ints("targets", rows), kernels.floats("lossWeights", rows)];
  for (const [i, place] of places.entries()) {
    const target = next.data[place] ?? 0;
    if (target < 0 || target >= kernels.config.vocab_size) throw new RangeError(`no token has the number ${target}`);
    targetsIn[i] = target;
    weightsIn[i] = weightOf(place);
  }
  kernels.floats("arguments", 1)[0] = 1;
  kernels.run("crossEntropy", rows);
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const x of numbers) total += x;
  return total;
}
