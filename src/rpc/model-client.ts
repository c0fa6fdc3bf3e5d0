import type { LabError } from "../core/errors";
import { parseModelRef } from "../core/model";
import type { Preparation } from "../ports/experiment-runner";
import type { ModelService, ModelWorkerOptions } from "./model";
import { MODEL_NAME, type Model, modelOver } from "./model";
import { spawn } from "./worker";

/** A model that lives in its own worker. */
export interface ModelClient extends Model {
  /** A port through which another worker reaches the model: see `modelOverPort`. */
  openPort(): Promise<MessagePort>;
  /** Wall milliseconds during which the worker had answers under way. */
  busyMs(): Promise<number>;
  /** Resolves with the reason when the worker is gone. */
  readonly closed: Promise<LabError>;
  dispose(): void;
}

/**
 * A large model's kernels compile for minutes on a slow machine, without a word; who does not want to wait can stop the
 * run.
 */
const LONG_START_MS = 300_000;

/**
 * Starts the model worker and loads the model.
 * @param signal ends the worker while it still loads, in the middle of a download too.
 * @throws LabError `model/*` when the model does not load or cannot be used; `rpc/*` when the worker does not start;
 * the signal's reason.
 */
export async function createModelClient(
  options: ModelWorkerOptions,
  onPreparation?: (preparation: Preparation) => void,
  signal?: AbortSignal,
): Promise<ModelClient> {
  const createWorker = () =>
    new Worker(new URL("../../workers/model.worker.ts", import.meta.url), { type: "module", name: "model" });
  const { connection, dispose } = await spawn<ModelService>(createWorker, {
    name: MODEL_NAME,
    init: options,
    onPreparation,
    signal,
    ...(parseModelRef(options.model).engine === "tiny" ? {} : { readyTimeoutMs: LONG_START_MS }),
  });
  return Object.assign(await modelOver(connection), {
    async openPort() {
      const { port1, port2 } = new MessageChannel();
      await connection.call("connect", [port2], { transfer: [port2] });
      return port1;
    },
    busyMs: () => connection.call("busyMs", []),
    closed: connection.closed,
    dispose,
  });
}
