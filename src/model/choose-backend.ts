import { type Backend, type BackendName, canUseThreads, startBackend } from "./backend";
import type { ModelConfig } from "./config";
import { generate } from "./generate";
import { createLanguageModel, type LanguageModel } from "./language-model";
import type { HostParams } from "./parameters";

/** A backend's time for the same small piece of work. */
export interface BackendTiming {
  readonly backend: BackendName;
  /** Wall milliseconds, compilation not counted. */
  readonly ms: number;
}

/** Rows and tokens of the measured work: a search's typical batch, briefly. */
const ROWS = 8;
const TOKENS = 6;
const PROMPT_TOKENS = 40;

/** The backends that this browser offers, the safest first. A WebGPU adapter that is software is left out: it loses by far. */
export async function availableBackends(): Promise<readonly BackendName[]> {
  const names: BackendName[] = ["wasm"];
  if (canUseThreads()) names.push("wasm-threads");
  if (await hasHardwareWebGpu()) names.push("webgpu");
  return names;
}

/**
 * Loads a model on the fastest of `names`, by a short measurement: a model this small can be faster on Wasm than on a GPU.
 * Backends that fail to start are passed over.
 * @throws LabError `model/*` when none of them can run it.
 */
export async function loadOnFastest(
  config: ModelConfig,
  weights: HostParams,
  names: readonly BackendName[],
): Promise<{ model: LanguageModel; timings: readonly BackendTiming[] }> {
  const timings: BackendTiming[] = [];
  let failure: unknown = null;
  if (names.length > 1) {
    for (const backend of names) {
      try {
        timings.push({ backend, ms: await measure(config, weights, await startBackend(backend)) });
      } catch (thrown) {
        failure = thrown;
      }
    }
    if (timings.length === 0) throw failure;
  }
  const fastest = timings.toSorted((a, b) => a.ms - b.ms)[0]?.backend ?? names[0] ?? "wasm";
  return { model: createLanguageModel(config, weights, await startBackend(fastest)), timings };
}

async function measure(config: ModelConfig, weights: HostParams, backend: Backend): Promise<number> {
  const model = createLanguageModel(config, weights, backend);
  const request = {
    prompt: Array.from({ length: PROMPT_TOKENS }, (_, i) => i % config.vocab_size),
    seeds: [...Array(ROWS).keys()],
    stop: new Set<number>(),
    maxTokens: TOKENS,
    sampling: { temperature: 1, topK: 0, topP: 1 },
  };
  const run = () => generate(model.decoder, config.max_position_embeddings, [request]);
  try {
    await run();
    const start = performance.now();
    await run();
    return performance.now() - start;
  } finally {
    model.dispose();
  }
}

async function hasHardwareWebGpu(): Promise<boolean> {
  const gpu = (globalThis.navigator as Partial<Pick<Navigator, "gpu">> | undefined)?.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter !== null && adapter !== undefined && !adapter.info.isFallbackAdapter;
}
