import { defaultDevice, init, type Array as JaxArray } from "@jax-js/jax";
import { LabError } from "../core/errors";
import { keepKernelInstances } from "./instance-cache";

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
