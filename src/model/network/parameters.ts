import { type Array as JaxArray, numpy as np } from "@jax-js/jax";
import { LabError } from "../../core/errors";
import { createRandom } from "../../core/rng";
import type { ModelConfig } from "./config";

/** A tensor on the host: row-major float32. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** Weights on the host, under Hugging Face's names and in its layout (matrices are [out, in]). */
export type HostParams = ReadonlyMap<string, HostTensor>;

/** Weights on the device, under the same names. */
export type Params = Record<string, JaxArray>;

export const EMBEDDING = "model.embed_tokens.weight";
export const FINAL_NORM = "model.norm.weight";

/** What the names of heads begin with: tensors beyond the base model's, such as `heads.value.weight`, that only objectives read. */
const HEAD_PREFIX = "heads.";

/** Heads and their shapes, by name. */
export type HeadShapes = ReadonlyMap<string, readonly number[]>;

/** Whether a tensor belongs to a head and not to the base model. */
export function isHead(name: string): boolean {
  return name.startsWith(HEAD_PREFIX);
}

/** The names of one decoder layer's tensors. */
export function layerNames(layer: number) {
  const prefix = `model.layers.${layer}`;
  return {
    attentionNorm: `${prefix}.input_layernorm.weight`,
    query: `${prefix}.self_attn.q_proj.weight`,
    key: `${prefix}.self_attn.k_proj.weight`,
    value: `${prefix}.self_attn.v_proj.weight`,
    attentionOut: `${prefix}.self_attn.o_proj.weight`,
    mlpNorm: `${prefix}.post_attention_layernorm.weight`,
    gate: `${prefix}.mlp.gate_proj.weight`,
    up: `${prefix}.mlp.up_proj.weight`,
    down: `${prefix}.mlp.down_proj.weight`,
  } as const;
}

/** Every tensor of a model and its shape, in a fixed order. */
export function parameterShapes(config: ModelConfig): ReadonlyMap<string, readonly number[]> {
  const { hidden_size: hidden, intermediate_size: inner } = config;
  const shapes = new Map<string, readonly number[]>([[EMBEDDING, [config.vocab_size, hidden]]]);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const names = layerNames(layer);
    shapes.set(names.attentionNorm, [hidden]);
    for (const name of [names.query, names.key, names.value, names.attentionOut]) shapes.set(name, [hidden, hidden]);
    shapes.set(names.mlpNorm, [hidden]);
    for (const name of [names.gate, names.up]) shapes.set(name, [inner, hidden]);
    shapes.set(names.down, [hidden, inner]);
  }
  return shapes.set(FINAL_NORM, [hidden]);
}

/** Numbers in a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** How many numbers a model has. */
export function parameterCount(config: ModelConfig): number {
  return [...parameterShapes(config).values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/**
 * Fresh weights: norms 1, matrices normal with deviation 0.02, those that write into the residual stream smaller by
 * sqrt(2 layers) (GPT-2, section 2.3).
 */
export function initialParams(config: ModelConfig, seed: number): HostParams {
  const random = createRandom(seed);
  const residualScale = 1 / Math.sqrt(2 * config.num_hidden_layers);
  const params = new Map<string, HostTensor>();
  for (const [name, shape] of parameterShapes(config)) {
    const data = new Float32Array(sizeOf(shape));
    if (shape.length === 1) data.fill(1);
    else {
      const deviation = 0.02 * (/o_proj|down_proj/.test(name) ? residualScale : 1);
      for (let i = 0; i < data.length; i++) data[i] = deviation * normal(random.float);
    }
    params.set(name, { shape, data });
  }
  return params;
}

/** Fresh heads: matrices normal with deviation 0.02, all else 0. */
export function initialHeads(heads: HeadShapes, seed: number): HostParams {
  const random = createRandom(seed);
  return new Map(
    [...heads].map(([name, shape]) => {
      const data = new Float32Array(sizeOf(shape));
      if (shape.length > 1) for (let i = 0; i < data.length; i++) data[i] = 0.02 * normal(random.float);
      return [name, { shape, data }];
    }),
  );
}

/** A standard normal number (Box-Muller). */
function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/**
 * Refuses weights that are not exactly those of `config`. Heads are tolerated; those in `heads` must be there, in their shapes.
 * @throws LabError `model/weights-mismatch`
 */
export function checkParams(config: ModelConfig, params: HostParams, heads: HeadShapes = new Map()): void {
  const expected = new Map([...parameterShapes(config), ...heads]);
  for (const [name, shape] of expected) {
    const tensor = params.get(name);
    if (!tensor) throw mismatch(`${name} is missing`);
    if (tensor.shape.join() !== shape.join()) {
      throw mismatch(`${name} has the shape [${tensor.shape.join(", ")}], not [${shape.join(", ")}]`);
    }
  }
  const unknown = [...params.keys()].find((name) => !expected.has(name) && !isHead(name));
  if (unknown) throw mismatch(`it does not know ${unknown}`);
}

function mismatch(detail: string): LabError {
  return new LabError(
    "model/weights-mismatch",
    `The weights do not belong to this config.json: ${detail}.`,
    "Use model.safetensors and config.json from the same checkpoint.",
  );
}

/** Puts weights on the default device. */
export function toDevice(params: HostParams): Params {
  const device: Params = {};
  for (const [name, { shape, data }] of params) device[name] = np.array(data, { shape: [...shape], dtype: np.float32 });
  return device;
}

/** Reads weights back, without giving up the device's. */
export async function toHost(params: Params): Promise<HostParams> {
  const host = new Map<string, HostTensor>();
  for (const [name, array] of Object.entries(params)) {
    const data = await array.ref.data();
    host.set(name, { shape: [...array.shape], data: new Float32Array(data) });
  }
  return host;
}

/** The same weights for one more use: jax-js functions consume what they are given. */
export function keepParams(params: Params): Params {
  return Object.fromEntries(Object.entries(params).map(([name, array]) => [name, array.ref]));
}

/** Frees weights. */
export function disposeParams(params: Params): void {
  for (const array of Object.values(params)) array.dispose();
}
