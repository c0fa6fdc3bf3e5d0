/**
 * The decoder of transformer.ts in the form that takes the fewest kernels, over {@link InferenceParams}. Shapes as there; R rows,
 * T tokens a row (1 when decoding), M = R T.
 *
 * jax-js turns a view with two users into a copy, so every use takes a view of its own.
 */
import { type Array as JaxArray, nn, numpy as np } from "@jax-js/jax";
import { headSize, type ModelConfig } from "./config";
import type { InferenceLayer, InferenceParams } from "./inference-params";

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

/** From heads to what the tokens make of each other: [R, H, T, S]. */
export type AttendViews = (layer: number, heads: HeadViews) => JaxArray;

/** The residual stream [M, D] after the last layer, for tokens [R, T]. */
export function inferenceStates(
  config: ModelConfig,
  params: InferenceParams,
  tokens: JaxArray,
  rotary: InferenceRotary,
  attend: AttendViews,
): JaxArray {
  const [rows = 0] = tokens.shape;
  let x = params.embedding.slice(tokens.reshape([-1]));
  for (const [layer, weights] of params.layers.entries()) {
    const heads = splitHeads(config, np.matmul(x.ref, weights.heads).mul(inverseNorm(config, x.ref)), rows, rotary);
    const mixed = attend(layer, heads).transpose([0, 2, 1, 3]).reshape([-1, config.hidden_size]);
    x = np.matmul(mixed, weights.attentionOut).add(x);
    x = feedForward(config, weights, x);
  }
  rotary.cos.dispose();
  rotary.sin.dispose();
  return x;
}

/** Logits of the residual stream [M, D]: [M, V and some more], see {@link InferenceParams}. */
export function inferenceLogits(config: ModelConfig, params: InferenceParams, x: JaxArray): JaxArray {
  return np.matmul(x.ref, params.unembedding).mul(inverseNorm(config, x));
}

/** 1 / sqrt(mean square + epsilon) of each row: [M, 1]. The norm's weights are in the matrices. */
function inverseNorm(config: ModelConfig, x: JaxArray): JaxArray {
  const meanSquare = np.mean(x.ref.mul(x), -1, { keepdims: true });
  return np.reciprocal(np.sqrt(meanSquare.add(config.rms_norm_eps)));
}

function splitHeads(config: ModelConfig, all: JaxArray, rows: number, rotary: InferenceRotary): HeadViews {
  const [heads, size] = [config.num_attention_heads, headSize(config)];
  const length = (all.shape[0] ?? 0) / rows;
  const queriesAndKeys = all.ref.slice([], [0, 2 * config.hidden_size]).reshape([rows, length, 2, heads, 2, size / 2]);
  const turned = queriesAndKeys.ref.mul(rotary.cos.ref).add(np.flip(queriesAndKeys, 4).mul(rotary.sin.ref));
  const part = (index: number) => turned.ref.slice([], [], index).reshape([rows, length, heads, size]);
  return {
    query: () => part(0).transpose([0, 2, 1, 3]),
    key: () => part(1).transpose([0, 2, 3, 1]),
    value: () =>
      all.ref
        .slice([], [2 * config.hidden_size])
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
