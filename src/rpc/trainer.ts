import type { BackendName } from "../model/backend";
import type { Trainer } from "../ports/trainer";
import type { PretrainOptions, PretrainStart } from "../training/pretraining";
import type { Service } from "./connection";
import { spawn } from "./worker";

/** What the trainer worker is started with. */
export interface TrainerOptions {
  readonly pretrain: PretrainOptions;
  /** Where it computes; `auto` is the kernels, else jax-js on Wasm, on several threads where that is possible. */
  readonly backend: BackendName | "auto";
  /** Absolute address of the folder of the kernels' files, with a slash at its end. */
  readonly kernelsUrl: string;
  /** A parsed `tokenizer.json`. */
  readonly tokenizerJson: object;
  readonly start: PretrainStart;
}

/** What the trainer worker answers; the client's own end disposes it. */
export type TrainerService = Service & Omit<Trainer, "dispose">;

/** A training run in its worker. @throws LabError what building the run threw; `rpc/*` when the worker does not start. */
export async function createTrainerClient(options: TrainerOptions): Promise<Trainer> {
  const createWorker = () =>
    new Worker(new URL("../../workers/trainer.worker.ts", import.meta.url), { type: "module", name: "trainer" });
  const { connection, dispose } = await spawn<TrainerService>(createWorker, { name: "The trainer", init: options });
  return {
    advance: (steps, signal) => connection.call("advance", [steps, signal]),
    evaluate: () => connection.call("evaluate", []),
    checkpoint: () => connection.call("checkpoint", []),
    exportModel: () => connection.call("exportModel", []),
    dispose: () => dispose(),
  };
}
