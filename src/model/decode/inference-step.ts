import { type Array as JaxArray, jit } from "@jax-js/jax";
import type { ModelConfig } from "../network/config";
import type { Cache, LayerCache } from "./cache";
import { attendTo, type InferenceRotary, inferenceLayer, inferenceLogits } from "./inference";
import type { InferenceLayer, InferenceParams } from "./inference-params";

/** What changes from step to step. B rows, P past slots, G recent slots. */
export interface StepInputs {
  /** [B] int32 */
  readonly tokens: JaxArray;
  /** Of [B, 1] positions. */
  readonly rotary: InferenceRotary;
  /** [B, 1, 1, P + G]: 0 where there is a key to see, else `MASKED`. */
  readonly mask: JaxArray;
  /** [G]: 1 at the recent slot that is written, else 0. */
  readonly isSlot: JaxArray;
}

/** The ends of prompts side by side. R rows of T tokens, P past slots. */
export interface PrefillInputs {
  /** [R T] int32, padded at the end of each row. */
  readonly tokens: JaxArray;
  /** Of [R, T] positions. */
  readonly rotary: InferenceRotary;
  /** [R, 1, T, P + T]: 0 where there is a key to see, else `MASKED`. */
  readonly mask: JaxArray;
  /** [R] int32: where among all R T tokens each prompt ends. */
  readonly last: JaxArray;
}

/** The compiled passes over a model. Both consume their inputs and keep the weights. */
export interface Passes {
  /** Reads prompts, or what follows a past, which is consumed: gives the cache of what was read and the logits after each. */
  prefill(params: InferenceParams, past: Cache | null, inputs: PrefillInputs): { cache: Cache; logits: JaxArray };
  /** Reads one token per row: keeps the past, gives the recent part back with one more slot written. */
  step(params: InferenceParams, past: Cache, recent: Cache, inputs: StepInputs): { recent: Cache; logits: JaxArray };
  dispose(): void;
}

/** Compiles lazily, once for each combination of shapes. */
export function createPasses(config: ModelConfig): Passes {
  const embed = jit((embedding: JaxArray, tokens: JaxArray) => embedding.slice(tokens));
  const unembed = jit((unembedding: JaxArray, x: JaxArray) => inferenceLogits(config, unembedding, x));
  const beginLayer = jit((weights: InferenceLayer, x: JaxArray, inputs: PrefillLayerInputs) =>
    prefillLayer(config, weights, x, [], inputs),
  );
  const continueLayer = jit((weights: InferenceLayer, x: JaxArray, past: LayerCache, inputs: PrefillLayerInputs) =>
    prefillLayer(config, weights, x, [past], inputs),
  );
  const stepLayer = compileStepLayer(config);
  return {
    prefill(params, past, { tokens, rotary, mask, last }) {
      const cache: Cache = [];
      let x = embed(params.embedding.ref, tokens);
      for (const [i, weights] of params.layers.entries()) {
        const pastLayer = past?.[i];
        const inputs = { rotary: keepRotary(rotary), mask: mask.ref };
        const next = pastLayer
          ? continueLayer(keepLayer(weights), x, pastLayer, inputs)
          : beginLayer(keepLayer(weights), x, inputs);
        x = next.x;
        cache.push(next.cache);
      }
      disposeRotary(rotary);
      mask.dispose();
      return { cache, logits: unembed(params.unembedding.ref, embed(x, last)) };
    },
    step(params, past, recent, { tokens, rotary, mask, isSlot }) {
      const written: Cache = [];
      let x = embed(params.embedding.ref, tokens);
      for (const [i, weights] of params.layers.entries()) {
        const [pastLayer, recentLayer] = [past[i], recent[i]];
        if (!pastLayer || !recentLayer) throw new RangeError(`no cache for layer ${i}`);
        const inputs = { rotary: keepRotary(rotary), mask: mask.ref, isSlot: isSlot.ref };
        const next = stepLayer(keepLayer(weights), x, keepLayerCache(pastLayer), recentLayer, inputs);
        x = next.x;
        written.push(next.cache);
      }
      disposeRotary(rotary);
      mask.dispose();
      isSlot.dispose();
      return { recent: written, logits: unembed(params.unembedding.ref, x) };
    },
    dispose() {
      for (const compiled of [embed, unembed, beginLayer, continueLayer, stepLayer]) compiled.dispose();
    },
  };
}

type PrefillLayerInputs = { rotary: InferenceRotary; mask: JaxArray };

/** One layer over tokens that follow `past`, or over whole prompts. */
function prefillLayer(
  config: ModelConfig,
  weights: InferenceLayer,
  x: JaxArray,
  past: readonly LayerCache[],
  { rotary, mask }: PrefillLayerInputs,
): { x: JaxArray; cache: LayerCache } {
  let cache: LayerCache | undefined;
  const out = inferenceLayer(config, weights, x, rotary, (heads) => {
    cache = { key: heads.key(), value: heads.value() };
    return attendTo(heads, [...past, { key: heads.key(), value: heads.value() }], mask);
  });
  if (!cache) throw new RangeError("the layer has no heads");
  return { x: out, cache };
}

function compileStepLayer(config: ModelConfig) {
  type Inputs = { rotary: InferenceRotary; mask: JaxArray; isSlot: JaxArray };
  return jit((weights: InferenceLayer, x: JaxArray, past: LayerCache, recent: LayerCache, inputs: Inputs) => {
    const { rotary, mask, isSlot } = inputs;
    const slots = isSlot.shape[0] ?? 0;
    let cache: LayerCache | undefined;
    const out = inferenceLayer(config, weights, x, rotary, (heads) => {
      const extended = {
        key: overwrite(recent.key, heads.key(), isSlot.ref.reshape([1, 1, 1, slots])),
        value: overwrite(recent.value, heads.value(), isSlot.reshape([1, 1, slots, 1])),
      };
      cache = keepLayerCache(extended);
      return attendTo(heads, [past, extended], mask);
    });
    if (!cache) throw new RangeError("the layer has no heads");
    return { x: out, cache };
  });
}

/** `fresh` where `chosen` is 1, `old` where it is 0; in arithmetic, which Wasm vectorises. */
function overwrite(old: JaxArray, fresh: JaxArray, chosen: JaxArray): JaxArray {
  return old.mul(chosen.ref.mul(-1).add(1)).add(fresh.mul(chosen));
}

function keepLayerCache({ key, value }: LayerCache): LayerCache {
  return { key: key.ref, value: value.ref };
}

function keepLayer({ heads, attentionOut, gateUp, down }: InferenceLayer): InferenceLayer {
  return { heads: heads.ref, attentionOut: attentionOut.ref, gateUp: gateUp.ref, down: down.ref };
}

function keepRotary({ cos, sin }: InferenceRotary): InferenceRotary {
  return { cos: cos.ref, sin: sin.ref };
}

function disposeRotary({ cos, sin }: InferenceRotary): void {
  cos.dispose();
  sin.dispose();
}
