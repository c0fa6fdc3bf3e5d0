import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A seeded source of randomness; the only one the core uses. */
export interface Random {
  /** A whole number in [min, max], both included. */
  int(min: number, max: number): number;
  /** In [0, 1). */
  float(): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

/** A generator that gives the same sequence for the same 32-bit `seed`. */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed | 0);
  const random: Random = {
    int: (min, max) => uniformInt(generator, min, max),
    float: () => uniformFloat64(generator),
    chance: (p) => uniformFloat64(generator) < p,
    pick: (items) => {
      const item = items[uniformInt(generator, 0, items.length - 1)];
      if (item === undefined) throw new RangeError("pick needs at least one item");
      return item;
    },
    shuffle: (items) => {
      const copy = [...items];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = uniformInt(generator, 0, i);
        [copy[i], copy[j]] = [copy[j] as (typeof copy)[number], copy[i] as (typeof copy)[number]];
      }
      return copy;
    },
  };
  return random;
}

/**
 * A 32-bit seed from several parts, so that every use of randomness in a run has a stream of its own
 * (FNV-1a over the parts' text, finished with murmur3's avalanche so that neighbouring parts do not give neighbouring seeds).
 */
export function deriveSeed(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of parts.join("\u0000")) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

/** One of the keys, each as often as its weight says: weights are at least 0, and not all 0. */
export function pickWeighted<T extends string>(weights: Readonly<Record<T, number>>, random: Random): T {
  const entries = Object.entries(weights) as [T, number][];
  let rest = random.float() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) {
    rest -= weight;
    if (rest < 0) return key;
  }
  return (entries.at(-1) as [T, number])[0];
}
