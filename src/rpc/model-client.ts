import type { LabError } from "../core/errors";
import type { Preparation } from "../ports/experiment-runner";
import type { ModelService, ModelWorkerOptions } from "./model-service";
import { MODEL_NAME, type Model, modelOver } from "./remote-model";
import { spawn } from "./spawn";

/** A model that lives in its own worker. */
export interface ModelClient extends Model {
  /** A port through which another worker reaches the model: see `modelOverPort`. */
  openPort(): Promise<MessagePort>;
  /** Wall milliseconds the worker has spent on answers. */
  busyMs(): Promise<number>;
  /** Resolves with the reason when the worker is gone. */
  readonly closed: Promise<LabError>;
  dispose(): void;
}

/**
 * Starts the model worker and loads the model.
 * @throws LabError `model/*` when the weights do not load or fit; `rpc/*` when the worker does not start.
 */
export async function createModelClient(
  options: ModelWorkerOptions,
  onPreparation?: (preparation: Preparation) => void,
): Promise<ModelClient> {
  const createWorker = () =>
    new Worker(new URL("../../workers/model.worker.ts", import.meta.url), { type: "module", name: "model" });
  const { connection, dispose } = await spawn<ModelService>(createWorker, {
    name: MODEL_NAME,
    init: options,
    onPreparation,
  });
  return {
    ...(await modelOver(connection)),
    async openPort() {
      const { port1, port2 } = new MessageChannel();
      await connection.call("connect", [port2], { transfer: [port2] });
      return port1;
    },
    busyMs: () => connection.call("busyMs", []),
    closed: connection.closed,
    dispose,
  };
}
