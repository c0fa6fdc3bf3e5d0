/**
 * The model on jax-js: on WebGPU, and on WebAssembly as what the kernels (src/model/wasm) are held against and where they cannot run.
 */
import { defaultDevice, init, type Array as JaxArray } from "@jax-js/jax";
import { canUseThreads, type JaxBackendName, noBackend } from "./backend";
import { createCacheOperations } from "./decode/cache";
import { JaxDecoder } from "./decode/decoder";
import { generate } from "./decode/generate";
import { createPasses } from "./decode/passes";
import { PrefixCache } from "./decode/prefill";
import { disposeInferenceParams, toInferenceParams } from "./decode/weights";
import type { LanguageModel } from "./language-model";
import type { ModelConfig } from "./network/config";
import { checkParams, type HostParams } from "./network/parameters";

/** A started backend. */
export interface Backend {
  readonly name: JaxBackendName;
  /** Makes it the default device again, where several are started. */
  use(): void;
  /** Computes and reads an array back, consuming it. */
  read(array: JaxArray): Promise<Float32Array<ArrayBuffer>>;
}

/**
 * A model on jax-js: puts weights on the device of the backend started last; heads beyond the base model's are ignored.
 * @throws LabError `model/weights-mismatch` when they are not those of `config`.
 */
export function createJaxModel(config: ModelConfig, weights: HostParams, backend: Backend): LanguageModel {
  const load = (host: HostParams) => {
    checkParams(config, host);
    // What has been read with other weights is of no use with these.
    return { params: toInferenceParams(config, host), prefixes: new PrefixCache(config) };
  };
  const [passes, operations] = [createPasses(config), createCacheOperations()];
  let loaded = load(weights);
  const openDecoder = () => new JaxDecoder({ config, backend, passes, operations, ...loaded });
  return {
    config,
    backend: backend.name,
    openDecoder,
    async generate(requests, signal) {
      backend.use();
      const decoder = openDecoder();
      try {
        return await generate(decoder, config.max_position_embeddings, requests, signal);
      } finally {
        decoder.close();
      }
    },
    replaceParams(host) {
      backend.use();
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

/**
 * Starts a backend and makes it the default device.
 * @throws LabError `model/no-backend` when this browser cannot run it.
 */
export async function startBackend(name: JaxBackendName): Promise<Backend> {
  if (name === "wasm-threads" && !canUseThreads()) throw noBackend(name, "the page is not cross-origin isolated");
  const device = name === "webgpu" ? "webgpu" : "wasm";
  if (device === "wasm") keepKernelInstances();
  const available: readonly string[] = await init(device).catch(() => []);
  if (!available.includes(device)) throw noBackend(name, "this browser offers no adapter for it");
  defaultDevice(device);
  return { name, use: () => defaultDevice(device), read: name === "wasm" ? readSync : readAsync };
}

/** On Wasm a synchronous read runs every pending kernel on the calling thread, an asynchronous one on jax-js's pool of workers. */
async function readSync(array: JaxArray): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array(array.dataSync());
}

async function readAsync(array: JaxArray): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array(await array.data());
}

/**
 * jax-js (0.1.25 still) instantiates a kernel's module anew every time it runs one on the calling thread, which takes longer
 * than most kernels of a model this small; its own pool of workers keeps instances. Until the library does so here as well,
 * instances of the same module over the same memory are kept: its kernels have no state but that memory.
 */
function keepKernelInstances(): void {
  if (keeping) return;
  keeping = true;
  const Original = WebAssembly.Instance;
  const kept = new WeakMap<WebAssembly.Module, { memory: unknown; instance: WebAssembly.Instance }>();
  WebAssembly.Instance = new Proxy(Original, {
    construct(target, [module, imports]: [WebAssembly.Module, WebAssembly.Imports | undefined]) {
      const memory = soleMemory(imports);
      const found = kept.get(module);
      if (memory && found?.memory === memory) return found.instance;
      const instance = new target(module, imports);
      if (memory) kept.set(module, { memory, instance });
      return instance;
    },
  });
}

let keeping = false;

/** The memory of imports that consist of `env.memory` and nothing else, as kernels' do. */
function soleMemory(imports: WebAssembly.Imports | undefined): unknown {
  const [entry, ...others] = Object.entries(imports ?? {});
  if (entry?.[0] !== "env" || others.length > 0) return null;
  const names = Object.keys(entry[1]);
  return names.length === 1 ? entry[1].memory : null;
}
