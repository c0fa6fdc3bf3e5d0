import { LabError } from "../core/errors";
import { canRunKernels } from "./wasm/kernels";

/** The backends of jax-js, of which `wasm` is one thread. */
const JAX_BACKENDS = ["webgpu", "wasm", "wasm-threads"] as const;

/**
 * Where the tiny model computes: on kernels of this project's own in WebAssembly SIMD, one thread or several; or on jax-js. Threads need
 * cross-origin isolation.
 */
export const BACKEND_NAMES = ["simd", "simd-threads", ...JAX_BACKENDS] as const;

export type BackendName = (typeof BACKEND_NAMES)[number];

export type JaxBackendName = (typeof JAX_BACKENDS)[number];

/** Whether threads may share memory here. */
export function canUseThreads(): boolean {
  return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer !== "undefined";
}

/** What can be tried in this browser. */
export interface BackendSurvey {
  /**
   * The backends worth measuring, the safest first. jax-js on WebAssembly only where there is no SIMD, which is several times faster; a
   * WebGPU adapter that is software is left out: it loses by far.
   */
  readonly names: readonly BackendName[];
  /** What a measurement here goes by: with another stamp it does not count any more. */
  readonly stamp: string;
}

/** The backend that runs where the others fail. */
export const LAST_RESORT = "wasm";

/**
 * Looks at this browser.
 * @param version of the app: another one may be faster elsewhere.
 */
export async function surveyBackends(version: string): Promise<BackendSurvey> {
  const simd = canRunKernels();
  const adapter = await hardwareWebGpu();
  const names: BackendName[] = [simd ? "simd" : "wasm"];
  if (canUseThreads()) names.push(simd ? "simd-threads" : "wasm-threads");
  if (adapter !== null) names.push("webgpu");
  const stamp = [version, navigator.userAgent, navigator.hardwareConcurrency, ...names, adapter];
  return { names, stamp: stamp.join(" | ") };
}

/** What the adapter says of itself; null when there is none but software. */
async function hardwareWebGpu(): Promise<string | null> {
  // Browsers without WebGPU and pages without a secure context have no such field.
  const gpu: GPU | undefined = navigator.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter || adapter.info.isFallbackAdapter) return null;
  const { vendor, architecture, device, description } = adapter.info;
  return [vendor, architecture, device, description].join(" ");
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
