import type { LabError } from "../core/errors";
import type { Preparation } from "../ports/experiment-runner";
import type { PolicyModel } from "../ports/policy-model";
import type { TestGenerator } from "../ports/test-generator";
import { Connection } from "./connection";
import type { ModelService, ModelWorkerOptions } from "./model-service";
import { spawn } from "./spawn";

/** A model in its two roles: it proposes steps, and it writes tests. */
export interface Model extends PolicyModel, TestGenerator {}

/** A model that lives in its own worker. */
export interface ModelClient extends Model {
  /** A port through which another worker reaches the model: see {@link modelOverPort}. */
  openPort(): Promise<MessagePort>;
  /** Wall milliseconds the worker has spent on answers. */
  busyMs(): Promise<number>;
  /** Resolves with the reason when the worker is gone. */
  readonly closed: Promise<LabError>;
  dispose(): void;
}

const NAME = "The model worker";

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
  const { connection, dispose } = await spawn<ModelService>(createWorker, { name: NAME, init: options, onPreparation });
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

/** The model behind a port that {@link ModelClient.openPort} opened. */
export function modelOverPort(port: MessagePort): Promise<Model> {
  return modelOver(new Connection<ModelService>(port, NAME));
}

async function modelOver(connection: Connection<ModelService>): Promise<Model> {
  const info = await connection.call("info", []);
  const never = new AbortController().signal;
  return {
    info,
    sample: (requests, signal = never) => connection.call("sample", [requests, signal]),
    generate: (problem, count, seed, signal = never) => connection.call("generate", [problem, count, seed, signal]),
  };
}
