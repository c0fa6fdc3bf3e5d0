/**
 * Key-value caches. jax-js has no update in place: whatever writes to an array rewrites it. So a cache has two parts: the
 * past, large and seldom written, and the most recent tokens, a few slots that every step rewrites and that move to the
 * past when they are full. Sizes are rounded up, because each size compiles anew. Shapes: B rows, H heads, S head size, P past slots, G recent slots.
 */
import { type Array as JaxArray, jit, numpy as np } from "@jax-js/jax";
import { headSize, type ModelConfig } from "../network/config";

/** Keys [B, H, S, slots] and values [B, H, slots, S] of one layer. A type, not an interface: jax-js wants an index signature. */
export type LayerCache = { readonly key: JaxArray; readonly value: JaxArray };

/** One entry per layer. */
export type Cache = LayerCache[];

/** The slots of a cache. */
export function slotsOf(cache: Cache): number {
  return cache[0]?.value.shape[2] ?? 0;
}

/** A cache of zeros. */
export function emptyCache(config: ModelConfig, rows: number, slots: number): Cache {
  const [heads, size] = [config.num_attention_heads, headSize(config)];
  return Array.from({ length: config.num_hidden_layers }, () => ({
    key: np.zeros([rows, heads, size, slots]),
    value: np.zeros([rows, heads, slots, size]),
  }));
}

/** The same cache for one more use. */
export function keepCache(cache: Cache): Cache {
  return cache.map(keepLayerCache);
}

/** One layer of it for one more use. */
export function keepLayerCache({ key, value }: LayerCache): LayerCache {
  return { key: key.ref, value: value.ref };
}

/** Frees a cache. */
export function disposeCache(cache: Cache): void {
  for (const { key, value } of cache) {
    key.dispose();
    value.dispose();
  }
}

/** The same cache with `slots` slots; what is new is zero. Consumes it. */
export function widenCache(cache: Cache, slots: number): Cache {
  const more: [number, number] = [0, slots - slotsOf(cache)];
  if (more[1] === 0) return cache;
  return cache.map(({ key, value }) => ({
    key: np.pad(key, [[0, 0], [0, 0], [0, 0], more]),
    value: np.pad(value, [[0, 0], [0, 0], more, [0, 0]]),
  }));
}

/** What is done to caches between steps; each compiles once per combination of shapes. */
export interface CacheOperations {
  /** Row i of the result is row `rows[i]` of the cache, which is kept. */
  gatherRows(cache: Cache, rows: readonly number[]): Cache;
  /** Copies all recent slots to the past, from slot `offset` on. Consumes the past, keeps the recent part. */
  moveToPast(past: Cache, recent: Cache, offset: number): Cache;
  dispose(): void;
}

/** Compiles lazily. */
export function createCacheOperations(): CacheOperations {
  const gather = jit(
    (cache: Cache, rows: JaxArray): Cache =>
      cache.map(({ key, value }) => ({ key: key.slice(rows.ref), value: value.slice(rows.ref) })),
  );
  const move = jit(
    (past: Cache, recent: Cache, source: JaxArray, moved: JaxArray): Cache =>
      past.map((layer, i) => {
        const from = recent[i] ?? layer;
        const slots = moved.shape[0] ?? 0;
        return {
          key: np.where(moved.ref.reshape([1, 1, 1, slots]), from.key.slice([], [], [], source.ref), layer.key),
          value: np.where(moved.ref.reshape([1, 1, slots, 1]), from.value.slice([], [], source.ref), layer.value),
        };
      }),
  );
  return {
    gatherRows: (cache, rows) => gather(keepCache(cache), np.array([...rows], { dtype: np.int32 })),
    moveToPast(past, recent, offset) {
      const [slots, recentSlots] = [slotsOf(past), slotsOf(recent)];
      const places = Array.from({ length: slots }, (_, slot) => slot - offset);
      const inRange = places.map((place) => place >= 0 && place < recentSlots);
      // An index out of range would read a wrong number silently.
      const source = places.map((place, slot) => (inRange[slot] ? place : 0));
      return move(
        past,
        keepCache(recent),
        np.array(source, { dtype: np.int32 }),
        np.array(inRange, { dtype: np.bool }),
      );
    },
    dispose: () => {
      gather.dispose();
      move.dispose();
    },
  };
}

/** The smallest power of two that is at least `size`. */
export function powerOfTwoBucket(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, size)));
}

/** The smallest multiple of `step` that is at least `size`, and at least `step`. */
export function multipleBucket(size: number, step: number): number {
  return Math.max(1, Math.ceil(size / step)) * step;
}
