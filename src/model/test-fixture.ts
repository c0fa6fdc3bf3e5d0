import type { BackendName } from "./backend";
import type { Tokenizer } from "./io/tokenizer";
import { type LanguageModel, loadOn } from "./language-model";
import type { ModelConfig } from "./network/config";
import { type HostParams, initialParams } from "./network/parameters";
import { type FetchKernels, fetchKernelsFrom } from "./wasm/kernels";

/** A model that compiles and trains in moments; for tests. */
export const TEST_CONFIG: ModelConfig = {
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  vocab_size: 23,
  max_position_embeddings: 160,
  rope_theta: 10_000,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
};

/** Letters a to v are tokens 1 to 22. */
export const LETTERS: Tokenizer = {
  vocabSize: TEST_CONFIG.vocab_size,
  encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0) - 96),
  decode: (ids) => ids.map((id) => String.fromCharCode(id + 96)).join(""),
  pieceOf: (id) => String.fromCharCode(id + 96),
  idOf: (piece) => piece.charCodeAt(0) - 96,
};

/** Random weights, large enough for attention and logits to be far from uniform. */
export function testWeights(config: ModelConfig = TEST_CONFIG): HostParams {
  const weights = initialParams(config, 5);
  for (const { shape, data } of weights.values()) {
    // A norm of 1 everywhere would hide one that is left out.
    for (const [i, value] of data.entries()) data[i] = shape.length === 1 ? 1 + 0.3 * Math.sin(i) : 15 * value;
  }
  return weights;
}

/** The test model on a backend. */
export async function testModel(backend: BackendName = "wasm", weights = testWeights()): Promise<LanguageModel> {
  return loadOn(backend, TEST_CONFIG, weights, fetchTestKernels);
}

/** The kernels as the test server has them. */
export const fetchTestKernels: FetchKernels = (name) =>
  fetchKernelsFrom(new URL("/kernels/", location.href).href)(name);

/** Watches every Wasm memory that grows from now on; returns their size in bytes. */
export function watchWasmMemory(): () => number {
  const memories = new Set<WebAssembly.Memory>();
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, delta: number) {
    memories.add(this);
    return grow.call(this, delta);
  };
  return () => [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
}
