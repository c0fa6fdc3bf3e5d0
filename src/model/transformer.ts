/**
 * The Llama decoder (Touvron et al. 2023; transformers' modeling_llama.py is the layout this follows), for several texts
 * packed into each row. Shapes: B rows, T tokens a row, M = B T, D hidden size, H heads, S head size, F inner size, V vocabulary.
 *
 * jax-js counts references: a method consumes its array, `.ref` keeps it for one more use.
 */
import { type Array as JaxArray, lax, nn, numpy as np } from "@jax-js/jax";
import { headSize, type ModelConfig } from "./config";
import { EMBEDDING, FINAL_NORM, layerNames, type Params } from "./parameters";
import { applyRotary, type RotaryTable, rotaryTable } from "./rotary";

/** What a row of packed texts consists of, all on the device. */
export interface PackedInput {
  /** [B, T] int32, each below V. */
  readonly tokens: JaxArray;
  /** [B, T] float32: the position within its own text, from 0. */
  readonly positions: JaxArray;
  /** [B, T] int32: which text a token belongs to; texts do not see each other. */
  readonly segments: JaxArray;
}

/** Added to the attention logits of pairs that may not see each other. */
export const MASKED = -1e9;

/** The parameter `name`, kept for one more use. */
export function use(params: Params, name: string): JaxArray {
  const array = params[name];
  if (!array) throw new RangeError(`no parameter ${name}`);
  return array.ref;
}

/** x [M, in] times weight [out, in], transposed: [M, out]. */
export function linear(x: JaxArray, weight: JaxArray): JaxArray {
  return lax.dot(x, weight, { lhsContractingDims: [1], rhsContractingDims: [1] });
}

/** Root mean square norm over the last axis of x [M, D] (Zhang and Sennrich 2019). */
export function rmsNorm(x: JaxArray, weight: JaxArray, epsilon: number): JaxArray {
  const meanSquare = np.mean(x.ref.mul(x.ref), -1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(meanSquare.add(epsilon)))).mul(weight);
}

/** The gated feed-forward block (SwiGLU, Shazeer 2020): [M, D] to [M, D]. */
export function feedForward(params: Params, layer: number, x: JaxArray): JaxArray {
  const names = layerNames(layer);
  const gate = nn.silu(linear(x.ref, use(params, names.gate)));
  return linear(gate.mul(linear(x, use(params, names.up))), use(params, names.down));
}

/** Logits [M, V] of packed texts. `params` stays the caller's; the input is consumed. */
export function packedLogits(config: ModelConfig, params: Params, input: PackedInput): JaxArray {
  const [rows = 0, length = 0] = input.tokens.shape;
  const epsilon = config.rms_norm_eps;
  const rotary = rotaryTable(config, input.positions);
  const mask = attentionMask(input.segments);
  let x = embed(params, input.tokens.reshape([rows * length]));
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const names = layerNames(layer);
    const attended = attention(config, params, layer, rmsNorm(x.ref, use(params, names.attentionNorm), epsilon), {
      rotary,
      mask,
      rows,
    });
    x = x.add(attended);
    x = x.ref.add(feedForward(params, layer, rmsNorm(x, use(params, names.mlpNorm), epsilon)));
  }
  rotary.cos.dispose();
  rotary.sin.dispose();
  mask.dispose();
  return linear(rmsNorm(x, use(params, FINAL_NORM), epsilon), use(params, EMBEDDING));
}

/** Rows of the embedding table for tokens [M]: [M, D]. */
export function embed(params: Params, tokens: JaxArray): JaxArray {
  return use(params, EMBEDDING).slice(tokens);
}

/** [B, 1, T, T]: 0 where the query (third axis) may see the key (fourth): same text, not later; else {@link MASKED}. */
function attentionMask(segments: JaxArray): JaxArray {
  const [rows = 0, length = 0] = segments.shape;
  const same = np.equal(segments.ref.reshape([rows, length, 1]), segments.reshape([rows, 1, length]));
  const causal = np.greaterEqual(np.arange(length).reshape([length, 1]), np.arange(length).reshape([1, length]));
  return np.where(same, np.where(causal, 0, MASKED), MASKED).reshape([rows, 1, length, length]);
}

interface AttentionContext {
  readonly rotary: RotaryTable;
  readonly mask: JaxArray;
  readonly rows: number;
}

/** Multi-head attention over x [M, D]: [M, D]. Keeps the context. */
function attention(
  config: ModelConfig,
  params: Params,
  layer: number,
  x: JaxArray,
  { rotary, mask, rows }: AttentionContext,
): JaxArray {
  const names = layerNames(layer);
  const split = [rows, -1, config.num_attention_heads, headSize(config)];
  const query = applyRotary(linear(x.ref, use(params, names.query)).reshape(split), rotary);
  const key = applyRotary(linear(x.ref, use(params, names.key)).reshape(split), rotary);
  const value = linear(x, use(params, names.value)).reshape(split);
  const mixed = softmaxAttention(query, key, value, mask.ref);
  return linear(mixed.reshape([-1, config.hidden_size]), use(params, names.attentionOut));
}

/**
 * softmax(query key^T / sqrt(S) + mask) value, for query [B, T, H, S], key and value [B, U, H, S] and mask [B, 1, T, U].
 * The weights are normalised after the product with the values, on [B, T, H, S] instead of [B, H, T, U]: that keeps the
 * backward pass to one kernel over the large array.
 */
export function softmaxAttention(query: JaxArray, key: JaxArray, value: JaxArray, mask: JaxArray): JaxArray {
  const size = query.shape[3] ?? 1;
  const logits = np
    .einsum("bthd,bshd->bhts", query, key)
    .mul(1 / Math.sqrt(size))
    .add(mask);
  const highest = lax.stopGradient(np.max(logits.ref, -1, { keepdims: true }));
  const weights = np.exp(logits.sub(highest));
  const total = np.sum(weights.ref, -1);
  const mixed = np.einsum("bhts,bshd->bthd", weights, value);
  return mixed.div(np.expandDims(total.transpose([0, 2, 1]), -1));
}
