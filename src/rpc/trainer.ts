import { LabError } from "../core/errors";
import { parseModelRef } from "../core/model";
import type { BackendName } from "../model/backend";
import { canRunKernels } from "../model/wasm/kernels";
import type { CheckpointStore } from "../ports/checkpoint-store";
import type { Preparation } from "../ports/experiment-runner";
import type { Trainer, TrainingData, TrainingJob } from "../ports/trainer";
import type { ModelSource } from "../training/model-file";
import type { SessionWorld } from "../training/session";
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
  /** The model that `job.start` names; none when it begins with nothing. With `part`, it is what the run is compared with. */
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
    watch: (prompt, maxTokens) => connection.call("watch", [prompt, maxTokens]),
    dispose: () => dispose(),
  };
}

/** Where trainers of the app find what they need. */
export interface TrainerPlace {
  /** Absolute address of the folder that holds `models/` and `kernels/`, with a slash at its end. */
  readonly baseUrl: string;
  readonly checkpoints: CheckpointStore;
  readonly onPreparation?: (preparation: Preparation) => void;
}

async function fetchFile(path: string, baseUrl: string): Promise<Response> {
  const response = await fetch(new URL(path, baseUrl)).catch(() => null);
  if (response?.ok) return response;
  throw new LabError("model/unreachable", `${path} could not be loaded.`, "Check the connection and reload the page.");
}

/**
 * The policy of a model, to begin with: the shipped base or a checkpoint of this browser.
 * @throws LabError `model/no-such-checkpoint`, `model/unreachable`, `input/model`.
 */
export async function policySource(
  model: string,
  { baseUrl, checkpoints }: Pick<TrainerPlace, "baseUrl" | "checkpoints">,
): Promise<ModelSource> {
  const ref = parseModelRef(model);
  if (ref.engine !== "tiny")
    throw new LabError("input/model", "Only the tiny model can be trained here.", "Begin with tiny.");
  if (ref.checkpoint !== undefined) return { file: await checkpoints.file(ref.checkpoint) };
  const [config, weights] = await Promise.all(
    ["config.json", "model.safetensors"].map((name) => fetchFile(`models/tiny/${name}`, baseUrl)),
  );
  return { config: await config?.json(), file: new Uint8Array((await weights?.arrayBuffer()) ?? new ArrayBuffer(0)) };
}

/**
 * How sessions of the app open their trainers: with the shipped base or a checkpoint of this browser to begin with.
 * @throws LabError as {@link policySource}, and what {@link createTrainerClient} throws.
 */
export function trainerOpener({ onPreparation, ...place }: TrainerPlace): SessionWorld["open"] {
  const { baseUrl } = place;
  return async (job, data, part, isSafe) => {
    const source = job.start === "nothing" ? null : policySource(job.start, place);
    // A run that is under way goes on without what it began with.
    const start = await (part ? source?.catch(() => null) : source);
    return createTrainerClient(
      {
        job,
        data,
        backend: isSafe ? (canRunKernels() ? "simd" : "wasm") : "auto",
        kernelsUrl: new URL("kernels/", baseUrl).href,
        tokenizerJson: (await (await fetchFile("models/tiny/tokenizer.json", baseUrl)).json()) as object,
        ...(part ? { part } : {}),
        ...(start ? { start } : {}),
      },
      onPreparation,
    );
  };
}
