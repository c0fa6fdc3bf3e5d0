/**
 * The Llama decoder (Touvron et al. 2023; transformers' modeling_llama.py is the layout this follows). Shapes: B rows, T tokens
 * a row, M = B T, D hidden size, H heads, S head size, V vocabulary.
 *
 * jax-js counts references: a method consumes its array, `.ref` keeps it for one more use.
 */
import { type Array as JaxArray, lax, nn, numpy as np } from "@jax-js/jax";
import { headSize, type ModelConfig } from "./config";
import { EMBEDDING, FINAL_NORM, layerNames, type Params } from "./parameters";

/** Added to the attention logits of pairs that may not see each other. */
export const MASKED = -1e9;

/** Several texts packed into each row, on the device. A type, not an interface: jax-js wants an index signature. */
export type PackedInput = {
  /** [B, T] int32, each below V. */
  readonly tokens: JaxArray;
  /** [B, T] float32: the position within its own text, from 0. */
  readonly positions: JaxArray;
  /** [B, T] int32: which text a token belongs to; texts do not see each other. */
  readonly segments: JaxArray;
};

/** The last layer's normed output [M, D] of packed texts. `params` stays the caller's; the input is consumed. */
export function hiddenStates(
  config: ModelConfig,
  params: Params,
  { tokens, positions, segments }: PackedInput,
): JaxArray {
  const mask = packedMask(segments);
  const [rows = 0] = tokens.shape;
  const rotary = rotaryTable(config, positions);
  let x = use(params, EMBEDDING).slice(tokens.reshape([-1]));
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const names = layerNames(layer);
    const heads = projectHeads(config, params, layer, normed(config, params, names.attentionNorm, x.ref), rows, rotary);
    const mixed = attention(heads, mask.ref).transpose([0, 2, 1, 3]).reshape([-1, config.hidden_size]);
    x = x.add(linear(mixed, use(params, names.attentionOut)));
    x = x.ref.add(feedForward(params, layer, normed(config, params, names.mlpNorm, x)));
  }
  for (const array of [rotary.cos, rotary.sin, mask]) array.dispose();
  return normed(config, params, FINAL_NORM, x);
}

/** Logits [M, V] of hidden states [M, D]: the embedding table is also the output layer. */
export function project(params: Params, hidden: JaxArray): JaxArray {
  return linear(hidden, use(params, EMBEDDING));
}

/**
 * softmax(query key^T / sqrt(S) + mask) value: [B, H, T, S], for query [B, H, T, S], key and value [B, H, U, S] and a mask that
 * broadcasts to [B, H, T, U]. The weights are normalised after the product with the values, on [B, H, T, S] instead of
 * [B, H, T, U]: that leaves the backward pass one kernel over the large array.
 */
function attention({ query, key, value }: Heads, mask: JaxArray): JaxArray {
  const logits = attentionLogits(query, key).add(mask);
  const highest = lax.stopGradient(np.max(logits.ref, -1, { keepdims: true }));
  const weights = np.exp(logits.sub(highest));
  const total = np.sum(weights.ref, -1, { keepdims: true });
  return np.matmul(weights, value).div(total);
}

/** query key^T / sqrt(S): [B, H, T, U]. */
function attentionLogits(query: JaxArray, key: JaxArray): JaxArray {
  const size = query.shape[3] ?? 1;
  return np.matmul(query, key.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(size));
}

/** [T, T]: 0 where the query (row) may see the key (column), which is not later; else {@link MASKED}. */
function causalMask(length: number): JaxArray {
  const position = np.arange(length);
  const causal = np.greaterEqual(position.ref.reshape([length, 1]), position.reshape([1, length]));
  return np.where(causal, 0, MASKED);
}

/** [B, 1, T, T]: the causal mask within each text. */
function packedMask(segments: JaxArray): JaxArray {
  const [rows = 0, length = 0] = segments.shape;
  const same = np.equal(segments.ref.reshape([rows, length, 1]), segments.reshape([rows, 1, length]));
  return np.where(same, causalMask(length), MASKED).reshape([rows, 1, length, length]);
}

/** Queries, keys and values of one layer, each [B, H, T, S], rotary embeddings applied. */
interface Heads {
  readonly query: JaxArray;
  readonly key: JaxArray;
  readonly value: JaxArray;
}

function projectHeads(
  config: ModelConfig,
  params: Params,
  layer: number,
  x: JaxArray,
  rows: number,
  rotary: RotaryTable,
): Heads {
  const names = layerNames(layer);
  const split = [rows, -1, config.num_attention_heads, headSize(config)];
  const heads = (name: string) => linear(x.ref, use(params, name)).reshape(split);
  const query = applyRotary(heads(names.query), rotary).transpose([0, 2, 1, 3]);
  const key = applyRotary(heads(names.key), rotary).transpose([0, 2, 1, 3]);
  const value = heads(names.value).transpose([0, 2, 1, 3]);
  x.dispose();
  return { query, key, value };
}

/** Cosines and signed sines of rotary position embeddings, each [..., T, 1, 2, S / 2] (S: head size). */
interface RotaryTable {
  readonly cos: JaxArray;
  readonly sin: JaxArray;
}

/**
 * The table for positions [..., T] (Su et al. 2021, in transformers' half-split order: number i turns with number i + S / 2).
 * Sines carry the sign of the half they belong to. Consumes `positions`.
 */
function rotaryTable(config: ModelConfig, positions: JaxArray): RotaryTable {
  const half = headSize(config) / 2;
  const shape = positions.shape;
  const exponents = np
    .arange(half)
    .astype(np.float32)
    .mul(-Math.log(config.rope_theta) / half);
  const angles = positions.reshape([...shape, 1, 1, 1]).mul(np.exp(exponents));
  const sign = np.array([-1, 1], { dtype: np.float32 }).reshape([2, 1]);
  const ones = np.ones([2, 1]);
  return { cos: np.cos(angles.ref).mul(ones), sin: np.sin(angles).mul(sign) };
}

/** Turns x [..., T, H, S] by the table, which is kept. */
function applyRotary(x: JaxArray, table: RotaryTable): JaxArray {
  const shape = x.shape;
  const size = shape[shape.length - 1] ?? 0;
  const halves = x.reshape([...shape.slice(0, -1), 2, size / 2]);
  const swapped = np.flip(halves.ref, -2);
  return halves.mul(table.cos.ref).add(swapped.mul(table.sin.ref)).reshape(shape);
}

/** The gated feed-forward block (SwiGLU, Shazeer 2020): [M, D] to [M, D]. */
function feedForward(params: Params, layer: number, x: JaxArray): JaxArray {
  const names = layerNames(layer);
  const gate = nn.silu(linear(x.ref, use(params, names.gate)));
  return linear(gate.mul(linear(x, use(params, names.up))), use(params, names.down));
}

/** Root mean square norm over the last axis of x [M, D] (Zhang and Sennrich 2019). */
function normed(config: ModelConfig, params: Params, name: string, x: JaxArray): JaxArray {
  const meanSquare = np.mean(x.ref.mul(x.ref), -1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(meanSquare.add(config.rms_norm_eps)))).mul(use(params, name));
}

/** x [M, in] times weight [out, in], transposed: [M, out]. */
function linear(x: JaxArray, weight: JaxArray): JaxArray {
  return lax.dot(x, weight, { lhsContractingDims: [1], rhsContractingDims: [1] });
}

/** The parameter `name`, kept for one more use. */
function use(params: Params, name: string): JaxArray {
  const array = params[name];
  if (!array) throw new RangeError(`no parameter ${name}`);
  return array.ref;
}
