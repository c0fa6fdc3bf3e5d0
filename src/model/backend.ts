import { LabError } from "../core/errors";
import { canRunKernels } from "./wasm/kernels";

/**
 * Where the tiny model computes: on kernels of this project's own in WebAssembly SIMD, one thread or several; or on jax-js, of
 * whose backends `wasm` is one thread. Threads need cross-origin isolation.
 */
export type BackendName = "simd" | "simd-threads" | JaxBackendName;

/** The backends of jax-js. */
export type JaxBackendName = "webgpu" | "wasm" | "wasm-threads";

/** Whether threads may share memory here. */
export function canUseThreads(): boolean {
  return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer !== "undefined";
}

/**
 * The backends worth trying in this browser, the safest first. jax-js on WebAssembly only where there is no SIMD, which is
 * several times faster; a WebGPU adapter that is software is left out: it loses by far.
 */
export async function availableBackends(): Promise<readonly BackendName[]> {
  const simd = canRunKernels();
  const names: BackendName[] = [simd ? "simd" : "wasm"];
  if (canUseThreads()) names.push(simd ? "simd-threads" : "wasm-threads");
  if (await hasHardwareWebGpu()) names.push("webgpu");
  return names;
}

async function hasHardwareWebGpu(): Promise<boolean> {
  // Browsers without WebGPU and pages without a secure context have no such field.
  const gpu: GPU | undefined = navigator.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter !== null && adapter !== undefined && !adapter.info.isFallbackAdapter;
}

/** The error of a backend that this browser cannot run. */
export function noBackend(name: BackendName, why: string): LabError {
  return new LabError(
    "model/no-backend",
    `The model cannot run on ${name} here: ${why}.`,
    "Choose another backend, or leave the choice to the app.",
  );
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
