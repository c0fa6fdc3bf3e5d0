import type { ModelConfig } from "../model/network/config";
import type { PretrainOptions, PretrainProgress } from "../training/pretrain";
import { spawn } from "./worker";

/** What the trainer worker is started with. */
export interface TrainerOptions {
  readonly pretrain: PretrainOptions;
  /** A parsed `tokenizer.json`. */
  readonly tokenizerJson: object;
  /** Bytes of a checkpoint to resume from. */
  readonly checkpoint?: Uint8Array;
}

/** Trained weights as they are shipped. */
export interface TrainedWeights {
  readonly config: ModelConfig;
  /** safetensors, float16. */
  readonly file: Uint8Array<ArrayBuffer>;
}

/** What the trainer worker answers. A type, not an interface: calls want an index signature. */
export type TrainerService = {
  advance(steps: number): Promise<PretrainProgress>;
  evaluate(): Promise<number>;
  checkpoint(): Promise<Uint8Array<ArrayBuffer>>;
  weights(): Promise<TrainedWeights>;
};

/** A pretraining run in its worker; see `Pretraining` for what the calls do. */
export interface TrainerClient extends TrainerService {
  dispose(): void;
}

/** Starts the trainer worker. @throws LabError what building the run threw; `rpc/*` when the worker does not start. */
export async function createTrainerClient(options: TrainerOptions): Promise<TrainerClient> {
  const createWorker = () =>
    new Worker(new URL("../../workers/trainer.worker.ts", import.meta.url), { type: "module", name: "trainer" });
  const { connection, dispose } = await spawn<TrainerService>(createWorker, { name: "The trainer", init: options });
  return {
    advance: (steps) => connection.call("advance", [steps]),
    evaluate: () => connection.call("evaluate", []),
    checkpoint: () => connection.call("checkpoint", []),
    weights: () => connection.call("weights", []),
    dispose,
  };
}
