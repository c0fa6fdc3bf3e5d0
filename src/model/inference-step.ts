import { type Array as JaxArray, jit, numpy as np } from "@jax-js/jax";
import { type Cache, type LayerCache, slotsOf } from "./cache";
import type { ModelConfig } from "./config";
import { type HeadViews, type InferenceRotary, inferenceLogits, inferenceStates } from "./inference";
import type { InferenceParams } from "./inference-params";
import { causalMask } from "./transformer";

/** What changes from step to step. B rows, P past slots, G recent slots. A type for jax-js's sake. */
export type StepInputs = {
  /** [B, 1] int32 */
  readonly tokens: JaxArray;
  /** Of [B, 1] positions. */
  readonly rotary: InferenceRotary;
  /** [B, 1, 1, P + G]: 0 where there is a key to see, else `MASKED`. */
  readonly mask: JaxArray;
  /** [G]: 1 at the recent slot that is written, else 0. */
  readonly isSlot: JaxArray;
};

/** Reads prompts [R, T], padded at their ends; `last` [R] points at the last token of each among all R T. Gives caches and logits. */
export function compilePrefill(config: ModelConfig) {
  return jit((params: InferenceParams, tokens: JaxArray, last: JaxArray, rotary: InferenceRotary) => {
    const cache: Cache = [];
    const mask = causalMask(tokens.shape[1] ?? 0);
    const states = inferenceStates(config, params, tokens, rotary, (_, heads) => {
      cache.push({ key: heads.key(), value: heads.value() });
      const { weights, total } = softmaxParts(np.matmul(heads.query(), heads.key()).add(mask.ref));
      return np.matmul(weights, heads.value()).div(total);
    });
    return { cache, logits: inferenceLogits(config, params, states.slice(last)) };
  });
}

/** Reads one token per row: the past is only looked at, the recent part comes back with one more slot written. */
export function compileStep(config: ModelConfig) {
  return jit((params: InferenceParams, past: Cache, recent: Cache, inputs: StepInputs) => {
    const written: Cache = [];
    const slots = slotsOf(recent);
    const { tokens, rotary, mask, isSlot } = inputs;
    const states = inferenceStates(config, params, tokens, rotary, (layer, heads) => {
      const [pastLayer, recentLayer] = [past[layer], recent[layer]];
      if (!pastLayer || !recentLayer) throw new RangeError(`no cache for layer ${layer}`);
      const extended = {
        key: overwrite(recentLayer.key, heads.key(), isSlot.ref.reshape([1, 1, 1, slots])),
        value: overwrite(recentLayer.value, heads.value(), isSlot.ref.reshape([1, 1, slots, 1])),
      };
      written.push({ key: extended.key.ref, value: extended.value.ref });
      return twoPartAttention(heads, pastLayer, extended, mask.ref);
    });
    return { recent: written, logits: inferenceLogits(config, params, states) };
  });
}

/** `fresh` where `chosen` is 1, `old` where it is 0; in arithmetic, which Wasm vectorises. */
function overwrite(old: JaxArray, fresh: JaxArray, chosen: JaxArray): JaxArray {
  return old.mul(chosen.ref.mul(-1).add(1)).add(fresh.mul(chosen));
}

/** Attention of one query per row over both parts of a cache at once: [B, H, 1, S]. */
function twoPartAttention(heads: HeadViews, past: LayerCache, recent: LayerCache, mask: JaxArray): JaxArray {
  const slots = past.value.shape[2] ?? 0;
  const products = [past, recent].map(({ key }) => np.matmul(heads.query(), key));
  const { weights, total } = softmaxParts(np.concatenate(products, -1).add(mask));
  const fromPast = np.matmul(weights.ref.slice([], [], [], [0, slots]), past.value);
  return np
    .matmul(weights.slice([], [], [], [slots]), recent.value)
    .add(fromPast)
    .div(total);
}

/** Softmax over the last axis, its division left for later. */
function softmaxParts(logits: JaxArray): { weights: JaxArray; total: JaxArray } {
  const weights = np.exp(logits.ref.sub(np.max(logits, -1, { keepdims: true })));
  return { weights, total: np.sum(weights.ref, -1, { keepdims: true }) };
}
