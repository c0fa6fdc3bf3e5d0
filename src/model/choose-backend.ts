import { type BackendName, canUseThreads, startBackend } from "./backend";
import { generate } from "./decode/generate";
import { createLanguageModel, type LanguageModel } from "./decode/language-model";
import type { ModelConfig } from "./network/config";
import type { HostParams } from "./network/parameters";

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

/** The backends that this browser offers, the safest first. A WebGPU adapter that is software is left out: it loses by far. */
export async function availableBackends(): Promise<readonly BackendName[]> {
  const names: BackendName[] = ["wasm"];
  if (canUseThreads()) names.push("wasm-threads");
  if (await hasHardwareWebGpu()) names.push("webgpu");
  return names;
}

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
async function measure({ config, decoder }: LanguageModel): Promise<number> {
  const request = {
    prompt: Array.from({ length: PROMPT_TOKENS }, (_, i) => i % config.vocab_size),
    seeds: [...Array(ROWS).keys()],
    stop: new Set<number>(),
    maxTokens: TOKENS,
    sampling: { temperature: 1, topK: 0, topP: 1 },
  };
  const start = performance.now();
  await generate(decoder, config.max_position_embeddings, [request]);
  return performance.now() - start;
}

async function hasHardwareWebGpu(): Promise<boolean> {
  const gpu = (globalThis.navigator as Partial<Pick<Navigator, "gpu">> | undefined)?.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter !== null && adapter !== undefined && !adapter.info.isFallbackAdapter;
}
