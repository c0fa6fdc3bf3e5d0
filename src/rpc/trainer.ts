import type { BackendName } from "../model/backend";
import type { Preparation } from "../ports/experiment-runner";
import type { Trainer, TrainingData, TrainingJob } from "../ports/trainer";
import type { ModelSource } from "../training/model-file";
import type { Service } from "./connection";
import { spawn } from "./worker";

/** What the trainer worker is started with. */
export interface TrainerOptions {
  readonly job: TrainingJob;
  readonly data: TrainingData;
  /** Where it computes; `auto` is what is fastest here by a short measurement, once in each browser. */
  readonly backend: BackendName | "auto";
  /** Absolute address of the folder of the kernels' files, with a slash at its end. */
  readonly kernelsUrl: string;
  /** A parsed `tokenizer.json`. */
  readonly tokenizerJson: object;
  /** The model that `job.start` names; none when it begins with nothing, or with `part`. */
  readonly start?: ModelSource;
  /** Bytes of the checkpoint of an earlier part of the run. */
  readonly part?: Uint8Array;
}

/** What the trainer worker answers; the client's own end disposes it. */
export type TrainerService = Service & Omit<Trainer, "dispose">;

/** A training run in its worker. @throws LabError what building the run threw; `rpc/*` when the worker does not start. */
export async function createTrainerClient(
  options: TrainerOptions,
  onPreparation?: (preparation: Preparation) => void,
): Promise<Trainer> {
  const createWorker = () =>
    new Worker(new URL("../../workers/trainer.worker.ts", import.meta.url), { type: "module", name: "trainer" });
  const { connection, dispose } = await spawn<TrainerService>(createWorker, {
    name: "The trainer",
    init: options,
    onPreparation,
  });
  return {
    advance: (steps, signal) => connection.call("advance", signal ? [steps, signal] : [steps]),
    evaluate: () => connection.call("evaluate", []),
    checkpoint: () => connection.call("checkpoint", []),
    setup: () => connection.call("setup", []),
    dispose: () => dispose(),
  };
}
