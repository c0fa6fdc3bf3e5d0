import { type Array as JaxArray, numpy as np } from "@jax-js/jax";
import { LabError } from "../../core/errors";
import { headSize, type ModelConfig } from "../network/config";
import { EMBEDDING, FINAL_NORM, type HostParams, type HostTensor, layerNames } from "../network/parameters";
import { multipleBucket } from "./cache";

/**
 * Weights prepared for decoding, where the number of kernels decides the speed: matrices that read the same input stand side
 * by side, norm weights (and the attention's 1 / sqrt(S)) are multiplied into the matrices behind them, and all are
 * [in, out]. D hidden size, F inner size, S head size, V vocabulary.
 */
export interface InferenceParams {
  /** [V, D] */
  readonly embedding: JaxArray;
  readonly layers: InferenceLayer[];
  /** [D, V rounded up to a multiple of {@link LANES}]: the embedding table, transposed, with the final norm. */
  readonly unembedding: JaxArray;
}

/** Columns come in multiples of this: a product whose width is odd runs number by number on Wasm. */
const LANES = 16;

/** One layer of {@link InferenceParams}. A type, not an interface: jax-js wants an index signature. */
export type InferenceLayer = {
  /** [D, 3 D]: query, key, value, with the norm before them. */
  readonly heads: JaxArray;
  /** [D, D] */
  readonly attentionOut: JaxArray;
  /** [D, 2 F]: gate and up, with the norm before them. */
  readonly gateUp: JaxArray;
  /** [F, D] */
  readonly down: JaxArray;
};

/** Puts checked weights on the default device. */
export function toInferenceParams(config: ModelConfig, weights: HostParams): InferenceParams {
  const tensor = (name: string): HostTensor => {
    const found = weights.get(name);
    if (!found) throw new LabError("model/weights-mismatch", `The weights have no ${name}.`);
    return found;
  };
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer): InferenceLayer => {
    const names = layerNames(layer);
    return {
      heads: inward(
        [scaled(tensor(names.query), 1 / Math.sqrt(headSize(config))), tensor(names.key), tensor(names.value)],
        tensor(names.attentionNorm),
      ),
      attentionOut: inward([tensor(names.attentionOut)]),
      gateUp: inward([names.gate, names.up].map(tensor), tensor(names.mlpNorm)),
      down: inward([tensor(names.down)]),
    };
  });
  const { shape, data } = tensor(EMBEDDING);
  return {
    embedding: np.array(data, { shape: [...shape], dtype: np.float32 }),
    layers,
    unembedding: inward([tensor(EMBEDDING)], tensor(FINAL_NORM)),
  };
}

/** The same weights for one more use. */
export function keepInferenceParams({ embedding, layers, unembedding }: InferenceParams): InferenceParams {
  return { embedding: embedding.ref, layers: layers.map(keepLayer), unembedding: unembedding.ref };
}

/** One layer of them for one more use. */
export function keepLayer({ heads, attentionOut, gateUp, down }: InferenceLayer): InferenceLayer {
  return { heads: heads.ref, attentionOut: attentionOut.ref, gateUp: gateUp.ref, down: down.ref };
}

/** Frees the weights. */
export function disposeInferenceParams({ embedding, layers, unembedding }: InferenceParams): void {
  embedding.dispose();
  unembedding.dispose();
  for (const layer of layers) for (const array of Object.values(layer)) array.dispose();
}

function scaled({ shape, data }: HostTensor, factor: number): HostTensor {
  return { shape, data: data.map((value) => value * factor) };
}

/** Matrices [out, in] as one [in, sum of out, rounded up] on the device, input i scaled by `norm[i]`. */
function inward(matrices: readonly HostTensor[], norm?: HostTensor): JaxArray {
  const inputs = matrices[0]?.shape[1] ?? 0;
  const width = multipleBucket(
    matrices.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0),
    LANES,
  );
  const data = new Float32Array(inputs * width);
  let column = 0;
  for (const matrix of matrices) {
    for (const [i, value] of matrix.data.entries()) {
      const input = i % inputs;
      data[input * width + column + Math.floor(i / inputs)] = value * (norm?.data[input] ?? 1);
    }
    column += matrix.shape[0] ?? 0;
  }
  return np.array(data, { shape: [inputs, width], dtype: np.float32 });
}
