import type { Random } from "../core/rng";
import { type Chain, evaluate, trace } from "./operation";

/** Integers the tiny model reads as one token; traces of visible examples stay inside. */
export const SMALLEST = -30;
export const LARGEST = 99;

/** A short list a model can follow in its head: 4 to 6 digits, sometimes with negatives, often with a repeated value. */
export function sampleReadableList(random: Random, length = random.int(4, 6)): number[] {
  const smallest = random.chance(0.15) ? -5 : 0;
  const list = Array.from({ length }, () => random.int(smallest, 9));
  if (random.chance(0.3) && length > 1) {
    const from = random.int(0, length - 2);
    list[from + 1] = list[from] ?? 0;
  }
  return list;
}

/** A list for hidden tests: 0 to 10 integers from -20 to 30, with repeated values. */
export function sampleHardList(random: Random): number[] {
  const length = random.int(1, 10);
  const spread = random.pick([5, 10, 30]);
  return Array.from({ length }, () => random.int(random.chance(0.3) ? -Math.min(spread, 20) : 0, spread));
}

/** Whether a model can follow the chain on `input`: no list on the way is empty, no number leaves the one-token range. */
export function isReadable(chain: Chain, input: readonly number[]): boolean {
  return trace(chain, input).every((list) => list.length > 0 && list.every((x) => x >= SMALLEST && x <= LARGEST));
}

/** Whether two chains return the same for `input`. */
export function agree(a: Chain, b: Chain, input: readonly number[]): boolean {
  return JSON.stringify(evaluate(a, input)) === JSON.stringify(evaluate(b, input));
}
