import { type Backend, type BackendName, startBackend } from "./backend";
import { createCacheOperations } from "./decode/cache";
import { Decoder } from "./decode/decoder";
import { type GenerationRequest, type GenerationResult, generate } from "./decode/generate";
import { createPasses } from "./decode/passes";
import { PrefixCache } from "./decode/prefill";
import { disposeInferenceParams, toInferenceParams } from "./decode/weights";
import type { ModelConfig } from "./network/config";
import { checkParams, type HostParams } from "./network/parameters";

/** Weights on a device, ready to generate. */
export interface LanguageModel {
  readonly config: ModelConfig;
  readonly backend: Backend;
  /**
   * Continues every prompt; see `generate`.
   * @throws LabError `model/prompt-too-long`; the signal's reason when it fires.
   */
  generate(requests: readonly GenerationRequest[], signal?: AbortSignal): Promise<readonly GenerationResult[]>;
  /** A decoder over the weights as they are now, for whoever steps by hand; closed by its owner. */
  openDecoder(): Decoder;
  /**
   * Puts other weights of the same shape in the place of the present ones, without compiling anything again. What is being
   * generated ends with the weights that it began with. The backend must be the one started last.
   * @throws LabError `model/weights-mismatch` when they are not those of `config`; the present weights then stay.
   */
  replaceParams(weights: HostParams): void;
  dispose(): void;
}

/**
 * Puts weights on the backend's device; heads beyond the base model's are ignored.
 * @throws LabError `model/weights-mismatch` when they are not those of `config`.
 */
export function createLanguageModel(config: ModelConfig, weights: HostParams, backend: Backend): LanguageModel {
  const load = (host: HostParams) => {
    checkParams(config, host);
    // What has been read with other weights is of no use with these.
    return { params: toInferenceParams(config, host), prefixes: new PrefixCache(config) };
  };
  const [passes, operations] = [createPasses(config), createCacheOperations()];
  let loaded = load(weights);
  const openDecoder = () => new Decoder({ config, backend, passes, operations, ...loaded });
  return {
    config,
    backend,
    openDecoder,
    async generate(requests, signal) {
      const decoder = openDecoder();
      try {
        return await generate(decoder, config.max_position_embeddings, requests, signal);
      } finally {
        decoder.close();
      }
    },
    replaceParams(host) {
      const { params } = loaded;
      loaded = load(host);
      disposeInferenceParams(params);
    },
    dispose() {
      passes.dispose();
      operations.dispose();
      disposeInferenceParams(loaded.params);
    },
  };
}

/** A backend's time for the same small piece of work. */
export interface BackendTiming {
  readonly backend: BackendName;
  /** Wall milliseconds, compilation not counted. */
  readonly ms: number;
}

/** Rows and tokens of the measured work: a search's typical batch, briefly. */
const ROWS = 8;
const TOKENS = 5;
const PROMPT_TOKENS = 40;

/** The best of so many turns counts, so that another program's work does not decide. */
const TURNS = 3;

/**
 * Loads a model on the fastest of `names`, by a short measurement: a model this small can be faster on Wasm than on a GPU.
 * Backends that fail are passed over.
 * @throws LabError `model/*` when none of them can run it.
 */
export async function loadOnFastest(
  config: ModelConfig,
  weights: HostParams,
  names: readonly BackendName[],
): Promise<{ model: LanguageModel; timings: readonly BackendTiming[] }> {
  const models = new Map<BackendName, LanguageModel>();
  const best = new Map<BackendName, number>();
  let failure: unknown = null;
  // In turns, so that a moment's load on the machine does not fall on one backend alone; the first turn compiles.
  for (let turn = 0; turn <= TURNS; turn++) {
    for (const name of turn === 0 ? names : [...models.keys()]) {
      try {
        const backend = await startBackend(name);
        const model = models.get(name) ?? createLanguageModel(config, weights, backend);
        models.set(name, model);
        if (names.length === 1) return { model, timings: [] };
        const ms = await measure(model);
        if (turn > 0) best.set(name, Math.min(ms, best.get(name) ?? ms));
      } catch (thrown) {
        failure = thrown;
        models.delete(name);
        best.delete(name);
      }
    }
  }
  const timings = [...best].map(([backend, ms]) => ({ backend, ms })).sort((a, b) => a.ms - b.ms);
  const model = models.get(timings[0]?.backend ?? "wasm");
  if (!model) throw failure;
  await startBackend(model.backend.name);
  for (const other of models.values()) if (other !== model) other.dispose();
  return { model, timings };
}

/** Wall milliseconds for the work. */
async function measure(model: LanguageModel): Promise<number> {
  const request = {
    prompt: Array.from({ length: PROMPT_TOKENS }, (_, i) => i % model.config.vocab_size),
    seeds: [...Array(ROWS).keys()],
    stop: new Set<number>(),
    maxTokens: TOKENS,
    sampling: { temperature: 1, topK: 0, topP: 1 },
  };
  const start = performance.now();
  await model.generate([request]);
  return performance.now() - start;
}
