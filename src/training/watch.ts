/**
 * What a model writes while it is trained: it is loaded beside the run, takes the run's weights when it is asked, and is asked as well
 * how likely the weights that the run began with find the same text.
 */
import { MARKERS } from "../core/protocol/tiny";
import type { Tokenizer } from "../model/io/tokenizer";
import { createJaxModel } from "../model/jax";
import type { LanguageModel } from "../model/language-model";
import type { ModelConfig } from "../model/network/config";
import type { HostParams } from "../model/network/parameters";
import { createKernelModel } from "../model/wasm/model";
import type { Trainer, WatchedText } from "../ports/trainer";
import { readCheckpoint } from "./checkpoint";
import type { TrainingBackend } from "./learner";

/** What it is loaded with. */
interface WatchedMaterial {
  readonly backend: TrainingBackend;
  readonly tokenizer: Tokenizer;
  readonly config: ModelConfig;
  /** What the run began with. */
  readonly before: HostParams | null;
}

/** Reads along with a run. */
export class Watcher {
  readonly #run: Pick<Trainer, "checkpoint">;
  readonly #material: WatchedMaterial;
  /** Null when it cannot be loaded. */
  #model: Promise<LanguageModel | null> | null = null;

  constructor(run: Pick<Trainer, "checkpoint">, material: WatchedMaterial) {
    this.#run = run;
    this.#material = material;
  }

  /** See {@link Trainer.watch}. */
  async watch(prompt: string, maxTokens: number): Promise<WatchedText | null> {
    const { tokenizer, before } = this.#material;
    const { state } = await readCheckpoint(await this.#run.checkpoint());
    this.#model ??= this.#load(state.params).catch(() => null);
    const model = await this.#model;
    if (model === null) return null;
    try {
      const ids = tokenizer.encode(prompt);
      model.replaceParams(state.params);
      const { tokens, logProbs } = await likeliest(model, ids, tokenizer.idOf(MARKERS.eos), maxTokens);
      const pieces = tokens.map(tokenizer.pieceOf);
      if (before === null) return { pieces, logProbs, before };
      model.replaceParams(before);
      return { pieces, logProbs, before: await logProbsOf(model, ids, tokens) };
    } catch {
      // Whoever only reads along must not end the run.
      return null;
    }
  }

  dispose(): void {
    void this.#model?.then((model) => model?.dispose());
  }

  /** On one thread: it is asked seldom. */
  async #load(params: HostParams): Promise<LanguageModel> {
    const { backend, config } = this.#material;
    if (!("threading" in backend)) return createJaxModel(config, params, backend);
    return createKernelModel(config, params, backend.fetchKernels, { ...backend.threading, count: 1 });
  }
}

/** The likeliest continuation of a prompt. */
async function likeliest(model: LanguageModel, prompt: readonly number[], stop: number, maxTokens: number) {
  const sampling = { temperature: 0, topK: 0, topP: 1 };
  const [result] = await model.generate([{ prompt, seeds: [0], stop: new Set([stop]), maxTokens, sampling }]);
  return result?.completions[0] ?? { tokens: [], logProbs: [] };
}

/** The log-probability of each token of a text behind a prompt. */
async function logProbsOf(
  model: LanguageModel,
  prompt: readonly number[],
  tokens: readonly number[],
): Promise<readonly number[]> {
  const decoder = model.openDecoder();
  const read = await decoder.prefill([prompt]);
  const decoding = read.decode([0]);
  const found: number[] = [];
  try {
    let logits = read.logits[0];
    for (const token of tokens) {
      if (!logits) break;
      found.push(logProbOf(logits, token));
      if (found.length < tokens.length) [logits] = await decoding.step([token]);
    }
    return found;
  } finally {
    read.dispose();
    decoding.dispose();
    decoder.close();
  }
}

/** log softmax(logits)[token] */
function logProbOf(logits: Float32Array, token: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const logit of logits) most = Math.max(most, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  return (logits[token] ?? Number.NEGATIVE_INFINITY) - most - Math.log(sum);
}
