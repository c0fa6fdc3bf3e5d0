import { toErrorData } from "../../core/errors";
import { policyPrompt } from "../../core/protocol/tiny";
import type { Step } from "../../core/step";
import type { BackendName } from "../../model/backend";
import { MAX_ROWS } from "../../model/decode/generate";
import { readSafetensors } from "../../model/io/safetensors";
import { loadTokenizer } from "../../model/io/tokenizer";
import { loadOn } from "../../model/language-model";
import { type ModelConfig, parseModelConfig } from "../../model/network/config";
import { checkParams, EMBEDDING, type HostParams } from "../../model/network/parameters";
import { VALUE_BIAS, VALUE_WEIGHT, valueHead } from "../../model/network/value-head";
import type { FetchKernels } from "../../model/wasm/kernels";
import type { StepScorer } from "../../ports/step-scorer";
import type { TinyModelFiles } from "./model";

/**
 * The tiny model as a process reward model: the value of a path is sigmoid(head . hidden + bias) at the end of its last step that is
 * no program: tests judge programs, and so it learns nothing of them.
 *
 * The head is read as one more token: its weights are appended to the embedding table, which is the output layer too, so that the
 * logit behind the vocabulary is head . hidden. So whatever samples tokens scores steps, with prompts shared in the same way.
 * @throws LabError `model/*` when the weights have no value head, or the backend cannot run here.
 */
export async function createTinyScorer(
  files: TinyModelFiles,
  fetchKernels: FetchKernels,
  backend: BackendName,
): Promise<StepScorer> {
  const config = parseModelConfig(files.config);
  const tokenizer = loadTokenizer(files.tokenizer);
  const { tensors } = readSafetensors(files.weights);
  checkParams(config, tensors, valueHead(config));
  const bias = tensors.get(VALUE_BIAS)?.data[0] ?? 0;
  const wide = withHeadAsToken(config, tensors);
  let model = await loadOn(backend, wide.config, wide.params, fetchKernels);

  const logitsOf = async (prompts: readonly (readonly number[])[]) => {
    const decoder = model.openDecoder();
    try {
      const read = await decoder.prefill(prompts);
      const logits = read.logits.map((row) => (row[config.vocab_size] ?? Number.NaN) + bias);
      read.dispose();
      return { logits, read: read.read };
    } finally {
      decoder.close();
    }
  };
  /** A thread that dies costs time, not the run. */
  const surviving = async (prompts: readonly (readonly number[])[]) => {
    try {
      return await logitsOf(prompts);
    } catch (thrown) {
      if (toErrorData(thrown).code !== "model/thread-died" || model.backend === "simd") throw thrown;
      model.dispose();
      model = await loadOn("simd", wide.config, wide.params, fetchKernels);
      return logitsOf(prompts);
    }
  };
  return {
    async score(problem, paths, signal) {
      const prompts = paths.map((steps) => tokenizer.encode(policyPrompt(problem, reasoningOf(steps))));
      const values = new Array<number>(prompts.length).fill(0);
      // A path that fills the context cannot go on: it is worth nothing.
      const open = [...prompts.entries()].filter(([, { length }]) => length < config.max_position_embeddings);
      let [promptTokens, prefilledTokens] = [0, 0];
      for (let from = 0; from < open.length; from += MAX_ROWS) {
        signal?.throwIfAborted();
        const batch = open.slice(from, from + MAX_ROWS);
        const { logits, read } = await surviving(batch.map(([, prompt]) => prompt));
        for (const [i, [at, prompt]] of batch.entries()) {
          values[at] = 1 / (1 + Math.exp(-(logits[i] ?? Number.NaN)));
          promptTokens += prompt.length;
          prefilledTokens += read[i] ?? 0;
        }
      }
      return { values, prompts: { promptTokens, prefilledTokens } };
    },
  };
}

/** What stands before a program; a path that is nothing else stays. */
function reasoningOf(steps: readonly Step[]): readonly Step[] {
  const isFinished = steps.length > 1 && steps.at(-1)?.kind === "code";
  return isFinished ? steps.slice(0, -1) : steps;
}

/** See {@link createTinyScorer}. */
function withHeadAsToken(config: ModelConfig, params: HostParams): { config: ModelConfig; params: HostParams } {
  const table = params.get(EMBEDDING)?.data ?? new Float32Array(0);
  const head = params.get(VALUE_WEIGHT)?.data ?? new Float32Array(0);
  const data = new Float32Array(table.length + head.length);
  data.set(table);
  data.set(head, table.length);
  const vocab_size = config.vocab_size + 1;
  const shape = [vocab_size, config.hidden_size];
  return { config: { ...config, vocab_size }, params: new Map([...params, [EMBEDDING, { shape, data }]]) };
}
