import { type BackendName, LAST_RESORT } from "./backend";
import type { Decoder, GenerationRequest, GenerationResult } from "./decode/generate";
import type { ModelConfig } from "./network/config";
import type { HostParams } from "./network/parameters";
import type { FetchKernels } from "./wasm/kernels";

/** Weights on a device, ready to generate. */
export interface LanguageModel {
  readonly config: ModelConfig;
  readonly backend: BackendName;
  /**
   * Continues every prompt; see `generate`.
   * @throws LabError `model/prompt-too-long`; the signal's reason when it fires.
   */
  generate(requests: readonly GenerationRequest[], signal?: AbortSignal): Promise<readonly GenerationResult[]>;
  /** A decoder over the weights as they are now, for whoever steps by hand; closed by its owner. */
  openDecoder(): Decoder;
  /**
   * Puts other weights of the same shape in the place of the present ones, without compiling anything again. What is being
   * generated ends with the weights that it began with.
   * @throws LabError `model/weights-mismatch` when they are not those of `config`; the present weights then stay.
   */
  replaceParams(weights: HostParams): void;
  dispose(): void;
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

/** Wall milliseconds for WebGPU to get ready: to compile for longer is not worth the chance that it is faster. */
const PATIENCE_MS = 1000;

/** Who takes so many times as long as the best is not measured again: on a busy machine threads wait for one another. */
const HOPELESS = 3;

/**
 * Loads a model on one backend. What the others need is not loaded.
 * @throws LabError `model/*` when it cannot run there.
 */
export async function loadOn(
  name: BackendName,
  config: ModelConfig,
  weights: HostParams,
  fetchKernels: FetchKernels,
): Promise<LanguageModel> {
  if (name === "simd" || name === "simd-threads") {
    const [{ createKernelModel }, { threadsHere }] = await Promise.all([
      import("./wasm/model"),
      import("./wasm/threads"),
    ]);
    return createKernelModel(config, weights, fetchKernels, threadsHere(name === "simd-threads"));
  }
  const { createJaxModel, startBackend } = await import("./jax");
  return createJaxModel(config, weights, await startBackend(name));
}

/**
 * Loads a model on the fastest of `names`, by a short measurement: a model this small can be faster on WebAssembly than on a GPU.
 * Backends that fail are passed over, so is a GPU that takes long to get ready; when all are, jax-js on one thread is what is left.
 * @throws LabError `model/*` when none of them can run it.
 */
export async function loadOnFastest(
  config: ModelConfig,
  weights: HostParams,
  names: readonly BackendName[],
  fetchKernels: FetchKernels,
): Promise<{ model: LanguageModel; timings: readonly BackendTiming[] }> {
  const models = new Map<BackendName, LanguageModel>();
  let failure: unknown = null;
  for (const name of names) {
    const ready = loadOn(name, config, weights, fetchKernels).then(warmedUp);
    try {
      models.set(name, await (name === "webgpu" ? soon(ready) : ready));
    } catch (thrown) {
      failure = thrown;
    }
  }
  const best = new Map<BackendName, number>();
  // In turns, so that a moment's load on the machine does not fall on one backend alone.
  for (let turn = 0; turn < TURNS && models.size > 1; turn++) {
    for (const [name, model] of models) {
      const isHopeless = (best.get(name) ?? 0) > HOPELESS * Math.min(...best.values());
      if (!isHopeless) best.set(name, Math.min(await measure(model), best.get(name) ?? Number.POSITIVE_INFINITY));
    }
  }
  const timings = [...best].map(([backend, ms]) => ({ backend, ms })).sort((a, b) => a.ms - b.ms);
  const [first] = models.values();
  const chosen = timings[0] ? models.get(timings[0].backend) : first;
  if (!chosen) {
    if (names.includes(LAST_RESORT)) throw failure;
    return { model: await loadOn(LAST_RESORT, config, weights, fetchKernels), timings };
  }
  for (const other of models.values()) if (other !== chosen) other.dispose();
  return { model: chosen, timings };
}

/** The model after its first work, which compiles what it needs. */
async function warmedUp(model: LanguageModel): Promise<LanguageModel> {
  try {
    await measure(model);
    return model;
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

/** A model that is ready soon; one that comes later is let go. */
async function soon(ready: Promise<LanguageModel>): Promise<LanguageModel> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  const model = await Promise.race([ready, late]);
  clearTimeout(timer);
  if (model !== null) return model;
  ready.then((latecomer) => latecomer.dispose()).catch(() => {});
  throw new Error("it was not ready in time");
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
