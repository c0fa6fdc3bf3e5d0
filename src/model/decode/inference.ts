/**
 * The decoder of transformer.ts in the form that takes the fewest kernels, over {@link InferenceParams}. Shapes as there; R rows,
 * T tokens a row (1 when decoding), M = R T, P slots of the past, G recent slots. Layers are compiled one by one, because all
 * are alike and tracing is what takes time.
 *
 * jax-js turns a view with two users into a copy, so every use takes a view of its own.
 */
import { type Array as JaxArray, nn, numpy as np } from "@jax-js/jax";
import { headSize, type ModelConfig } from "../network/config";
import type { LayerCache } from "./cache";
import type { InferenceLayer } from "./inference-params";

/** Rotary tables [R or 1, T, 1, 1, 2, S / 2]; sines carry the sign of their half. A type for jax-js's sake. */
export type InferenceRotary = { readonly cos: JaxArray; readonly sin: JaxArray };

/** Views of one layer's heads; each call makes a new one. */
export interface HeadViews {
  /** [R, H, T, S], rotary embedding applied, scaled by 1 / sqrt(S). */
  query(): JaxArray;
  /** [R, H, S, T]: keys lie the way the product with queries reads them. */
  key(): JaxArray;
  /** [R, H, T, S] */
  value(): JaxArray;
}

/** One layer over the residual stream [M, D]; `attend` goes from heads to what the tokens make of each other, [R, H, T, S]. */
export function inferenceLayer(
  config: ModelConfig,
  weights: InferenceLayer,
  x: JaxArray,
  rotary: InferenceRotary,
  attend: (heads: HeadViews) => JaxArray,
): JaxArray {
  const heads = splitHeads(config, np.matmul(x.ref, weights.heads).mul(inverseNorm(config, x.ref)), rotary);
  const mixed = attend(heads).transpose([0, 2, 1, 3]).reshape([-1, config.hidden_size]);
  return feedForward(config, weights, np.matmul(mixed, weights.attentionOut).add(x));
}

/** Logits of the residual stream [M, D]: [M, V and some more], see `InferenceParams`. */
export function inferenceLogits(config: ModelConfig, unembedding: JaxArray, x: JaxArray): JaxArray {
  return np.matmul(x.ref, unembedding).mul(inverseNorm(config, x));
}

/** softmax(query key + mask) value over one or two parts of a cache: [R, H, T, S]. The mask covers both parts' slots. */
export function attendTo(heads: HeadViews, parts: readonly LayerCache[], mask: JaxArray): JaxArray {
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

/** 1 / sqrt(mean square + epsilon) of each row: [M, 1]. The norm's weights are in the matrices. */
function inverseNorm(config: ModelConfig, x: JaxArray): JaxArray {
  const meanSquare = np.mean(x.ref.mul(x), -1, { keepdims: true });
  return np.reciprocal(np.sqrt(meanSquare.add(config.rms_norm_eps)));
}

function splitHeads(config: ModelConfig, all: JaxArray, rotary: InferenceRotary): HeadViews {
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

function feedForward(config: ModelConfig, { gateUp, down }: InferenceLayer, x: JaxArray): JaxArray {
  const inner = config.intermediate_size;
  const both = np.matmul(x.ref, gateUp).mul(inverseNorm(config, x.ref));
  const gated = nn.silu(both.ref.slice([], [0, inner])).mul(both.slice([], [inner]));
  return np.matmul(gated, down).add(x);
}
