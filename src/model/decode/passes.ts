/**
 * The decoder of network/transformer.ts in the form that takes the fewest kernels, over {@link InferenceParams}, as two compiled
 * passes: one reads prompts, one reads a token a row. Layers are compiled one by one, because all are alike and tracing is what
 * takes time. Weights are arguments of what is compiled, so other weights of the same shape need no compilation.
 *
 * Shapes: R rows, T tokens a row (1 when decoding), M = R T, D hidden size, H heads, S head size, V vocabulary, P past slots, G
 * recent slots. jax-js turns a view with two users into a copy, so every use takes a view of its own.
 */
import { type Array as JaxArray, jit, nn, numpy as np } from "@jax-js/jax";
import { headSize, type ModelConfig } from "../network/config";
import { type Cache, keepLayerCache, type LayerCache } from "./cache";
import { type InferenceLayer, type InferenceParams, keepLayer } from "./weights";

/** Rotary tables [R or 1, T, 1, 1, 2, S / 2]; sines carry the sign of their half. A type for jax-js's sake. */
type Rotary = { readonly cos: JaxArray; readonly sin: JaxArray };

/** The ends of prompts side by side. */
export interface PrefillInputs {
  /** [M] int32, padded at the end of each row. */
  readonly tokens: JaxArray;
  /** Of positions [R, T]. */
  readonly rotary: Rotary;
  /** [R, 1, T, P + T]: 0 where there is a key to see, else `MASKED`. */
  readonly mask: JaxArray;
  /** [R] int32: where among all M tokens each prompt ends. */
  readonly last: JaxArray;
}

/** What changes from step to step. */
export interface StepInputs {
  /** [R] int32 */
  readonly tokens: JaxArray;
  /** Of positions [R, 1]. */
  readonly rotary: Rotary;
  /** [R, 1, 1, P + G]: 0 where there is a key to see, else `MASKED`. */
  readonly mask: JaxArray;
  /** [G]: 1 at the recent slot that is written, else 0. */
  readonly isSlot: JaxArray;
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
  const unembed = jit((unembedding: JaxArray, x: JaxArray) => toLogits(config, unembedding, x));
  const beginLayer = jit((weights: InferenceLayer, x: JaxArray, inputs: PrefillLayerInputs) =>
    prefillLayer(config, weights, x, [], inputs),
  );
  const continueLayer = jit((weights: InferenceLayer, x: JaxArray, past: LayerCache, inputs: PrefillLayerInputs) =>
    prefillLayer(config, weights, x, [past], inputs),
  );
  const nextLayer = jit(
    (weights: InferenceLayer, x: JaxArray, past: LayerCache, recent: LayerCache, inputs: StepLayerInputs) =>
      stepLayer(config, weights, x, past, recent, inputs),
  );
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
        const next = nextLayer(keepLayer(weights), x, keepLayerCache(pastLayer), recentLayer, inputs);
        x = next.x;
        written.push(next.cache);
      }
      disposeRotary(rotary);
      mask.dispose();
      isSlot.dispose();
      return { recent: written, logits: unembed(params.unembedding.ref, x) };
    },
    dispose() {
      for (const compiled of [embed, unembed, beginLayer, continueLayer, nextLayer]) compiled.dispose();
    },
  };
}

type PrefillLayerInputs = { rotary: Rotary; mask: JaxArray };

/** One layer over tokens that follow `past`, or over whole prompts. */
function prefillLayer(
  config: ModelConfig,
  weights: InferenceLayer,
  x: JaxArray,
  past: readonly LayerCache[],
  { rotary, mask }: PrefillLayerInputs,
): { x: JaxArray; cache: LayerCache } {
  const heads = splitHeads(config, np.matmul(x.ref, weights.heads).mul(inverseNorm(config, x.ref)), rotary);
  const cache = { key: heads.key(), value: heads.value() };
  const mixed = attend(heads, [...past, { key: heads.key(), value: heads.value() }], mask);
  return { x: afterAttention(config, weights, x, mixed), cache };
}

type StepLayerInputs = { rotary: Rotary; mask: JaxArray; isSlot: JaxArray };

/** One layer over one token a row, which is written to its slot of the recent part. */
function stepLayer(
  config: ModelConfig,
  weights: InferenceLayer,
  x: JaxArray,
  past: LayerCache,
  recent: LayerCache,
  { rotary, mask, isSlot }: StepLayerInputs,
): { x: JaxArray; cache: LayerCache } {
  const slots = isSlot.shape[0] ?? 0;
  const heads = splitHeads(config, np.matmul(x.ref, weights.heads).mul(inverseNorm(config, x.ref)), rotary);
  const extended = {
    key: overwrite(recent.key, heads.key(), isSlot.ref.reshape([1, 1, 1, slots])),
    value: overwrite(recent.value, heads.value(), isSlot.reshape([1, 1, slots, 1])),
  };
  const cache = keepLayerCache(extended);
  const mixed = attend(heads, [past, extended], mask);
  return { x: afterAttention(config, weights, x, mixed), cache };
}

/** `fresh` where `chosen` is 1, `old` where it is 0; in arithmetic, which Wasm vectorises. */
function overwrite(old: JaxArray, fresh: JaxArray, chosen: JaxArray): JaxArray {
  return old.mul(chosen.ref.mul(-1).add(1)).add(fresh.mul(chosen));
}

/** Views of one layer's heads; each call makes a new one. */
interface HeadViews {
  /** [R, H, T, S], rotary embedding applied, scaled by 1 / sqrt(S). */
  query(): JaxArray;
  /** [R, H, S, T]: keys lie the way the product with queries reads them. */
  key(): JaxArray;
  /** [R, H, T, S] */
  value(): JaxArray;
}

/** Queries, keys and values [M, 3 D] as heads. */
function splitHeads(config: ModelConfig, all: JaxArray, rotary: Rotary): HeadViews {
  const [heads, size, hidden] = [config.num_attention_heads, headSize(config), config.hidden_size];
  const length = rotary.cos.shape[1] ?? 1;
  const rows = (all.shape[0] ?? 0) / length;
  const queriesAndKeys = all.ref.slice([], [0, 2 * hidden]).reshape([rows, length, 2, heads, 2, size / 2]);
  const turned = queriesAndKeys.ref.mul(rotary.cos).add(np.flip(queriesAndKeys, 4).mul(rotary.sin));
  const part = (index: number) => turned.ref.slice([], [], index).reshape([rows, length, heads, size]);
  return {
    query: () => part(0).transpose([0, 2, 1, 3]),
    key: () => part(1).transpose([0, 2, 3, 1]),
    value: () =>
      all.ref
        .slice([], [2 * hidden])
        .reshape([rows, length, heads, size])
        .transpose([0, 2, 1, 3]),
  };
}

/** softmax(query key + mask) value over one or two parts of a cache: [R, H, T, S]. The mask covers both parts' slots. */
function attend(heads: HeadViews, parts: readonly LayerCache[], mask: JaxArray): JaxArray {
  const products = parts.map(({ key }) => np.matmul(heads.query(), key));
  const logits = products.length > 1 ? np.concatenate(products, -1) : products[0];
  if (!logits) throw new RangeError("nothing to attend to");
  const masked = logits.add(mask);
  const weights = np.exp(masked.ref.sub(np.max(masked, -1, { keepdims: true })));
  const total = np.sum(weights.ref, -1, { keepdims: true });
  let start = 0;
  const mixed = parts.map(({ value }) => {
    const end = start + (value.shape[2] ?? 0);
    const share = weights.ref.slice([], [], [], [start, end]);
    start = end;
    return np.matmul(share, value);
  });
  weights.dispose();
  return mixed.reduce((sum, part) => part.add(sum)).div(total);
}

/** The rest of a layer: attention's output [R, H, T, S] joins the residual stream x [M, D], the feed-forward block follows. */
function afterAttention(config: ModelConfig, weights: InferenceLayer, x: JaxArray, attended: JaxArray): JaxArray {
  const mixed = attended.transpose([0, 2, 1, 3]).reshape([-1, config.hidden_size]);
  return feedForward(config, weights, np.matmul(mixed, weights.attentionOut).add(x));
}

function feedForward(config: ModelConfig, { gateUp, down }: InferenceLayer, x: JaxArray): JaxArray {
  const inner = config.intermediate_size;
  const both = np.matmul(x.ref, gateUp).mul(inverseNorm(config, x.ref));
  const gated = nn.silu(both.ref.slice([], [0, inner])).mul(both.slice([], [inner]));
  return np.matmul(gated, down).add(x);
}

/** Logits of the residual stream [M, D]: [M, V and some more], see `InferenceParams`. */
function toLogits(config: ModelConfig, unembedding: JaxArray, x: JaxArray): JaxArray {
  return np.matmul(x.ref, unembedding).mul(inverseNorm(config, x));
}

/** 1 / sqrt(mean square + epsilon) of each row: [M, 1]. The norm's weights are in the matrices. */
function inverseNorm(config: ModelConfig, x: JaxArray): JaxArray {
  const meanSquare = np.mean(x.ref.mul(x), -1, { keepdims: true });
  return np.reciprocal(np.sqrt(meanSquare.add(config.rms_norm_eps)));
}

/** The rotary table of positions [R, T], row-major; made on the host, because a kernel costs more than so few numbers. */
export function rotaryOf(config: ModelConfig, positions: readonly number[], rows: number): Rotary {
  const half = headSize(config) / 2;
  const cos = new Float32Array(positions.length * 2 * half);
  const sin = new Float32Array(positions.length * 2 * half);
  for (const [i, position] of positions.entries()) {
    for (let pair = 0; pair < half; pair++) {
      const angle = position * config.rope_theta ** (-pair / half);
      const first = i * 2 * half + pair;
      cos[first] = cos[first + half] = Math.cos(angle);
      sin[first] = -Math.sin(angle);
      sin[first + half] = Math.sin(angle);
    }
  }
  const shape = [rows, positions.length / rows, 1, 1, 2, half];
  return {
    cos: np.array(cos, { shape, dtype: np.float32 }),
    sin: np.array(sin, { shape, dtype: np.float32 }),
  };
}

function keepRotary({ cos, sin }: Rotary): Rotary {
  return { cos: cos.ref, sin: sin.ref };
}

function disposeRotary({ cos, sin }: Rotary): void {
  cos.dispose();
  sin.dispose();
}
