import { defaultDevice, init, type Array as JaxArray } from "@jax-js/jax";
import { LabError } from "../core/errors";

/** Where the tiny model computes. `wasm` is one thread; `wasm-threads` needs cross-origin isolation. */
export type BackendName = "webgpu" | "wasm" | "wasm-threads";

/** A started backend. */
export interface Backend {
  readonly name: BackendName;
  /** Computes and reads an array back, consuming it. */
  read(array: JaxArray): Promise<Float32Array<ArrayBuffer>>;
}

/** Whether Wasm may share memory between threads here. */
export function canUseThreads(): boolean {
  return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer !== "undefined";
}

/** The backends that this browser offers, the safest first. A WebGPU adapter that is software is left out: it loses by far. */
export async function availableBackends(): Promise<readonly BackendName[]> {
  const names: BackendName[] = ["wasm"];
  if (canUseThreads()) names.push("wasm-threads");
  if (await hasHardwareWebGpu()) names.push("webgpu");
  return names;
}

async function hasHardwareWebGpu(): Promise<boolean> {
  // Browsers without WebGPU and pages without a secure context have no such field.
  const gpu: GPU | undefined = navigator.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter !== null && adapter !== undefined && !adapter.info.isFallbackAdapter;
}

/**
 * Starts a backend and makes it the default device.
 * @throws LabError `model/no-backend` when this browser cannot run it.
 */
export async function startBackend(name: BackendName): Promise<Backend> {
  if (name === "wasm-threads" && !canUseThreads()) throw noBackend(name, "the page is not cross-origin isolated");
  const device = name === "webgpu" ? "webgpu" : "wasm";
  if (device === "wasm") keepKernelInstances();
  const available: readonly string[] = await init(device).catch(() => []);
  if (!available.includes(device)) throw noBackend(name, "this browser offers no adapter for it");
  defaultDevice(device);
  return { name, read: name === "wasm" ? readSync : readAsync };
}

/** On Wasm a synchronous read runs every pending kernel on the calling thread, an asynchronous one on jax-js's pool of workers. */
async function readSync(array: JaxArray): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array(array.dataSync());
}

async function readAsync(array: JaxArray): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array(await array.data());
}

function noBackend(name: BackendName, why: string): LabError {
  return new LabError(
    "model/no-backend",
    `The model cannot run on ${name} here: ${why}.`,
    "Choose another backend, or leave the choice to the app.",
  );
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

/** Wall milliseconds after which other messages get their turn. */
const YIELD_AFTER_MS = 50;

/**
 * For long work on a worker's thread: what it gives is awaited between pieces of the work, lets messages in now and then, so
 * that a cancellation can arrive, and throws the signal's reason once it has fired.
 */
export function createYielder(signal?: AbortSignal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last > YIELD_AFTER_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      last = performance.now();
    }
    signal?.throwIfAborted();
  };
}
