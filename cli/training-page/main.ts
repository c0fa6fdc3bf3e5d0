import { type ErrorData, toErrorData } from "../../src/core/errors";
import type {
  Trainer,
  TrainingData,
  TrainingEvaluation,
  TrainingJob,
  TrainingProgress,
  TrainingSetup,
} from "../../src/ports/trainer";
import { createTrainerClient, type TrainerOptions } from "../../src/rpc/trainer";

/** What `/task.json` holds. */
export interface TrainingTask extends Pick<TrainerOptions, "backend"> {
  readonly job: TrainingJob;
  readonly data: TrainingData;
}

/** What the command calls in the page. Bytes go over HTTP, because only JSON crosses from page to Node. */
export interface TrainingPage {
  /** Starts `/task.json`: from `/checkpoint` when the server has one, else from the model in `/start/` when it has that. */
  start(): Promise<TrainingSetup>;
  advance(steps: number): Promise<TrainingProgress>;
  evaluate(): Promise<TrainingEvaluation | null>;
  /** Sends a checkpoint to the server. */
  save(): Promise<void>;
}

/** How a call ended: errors are data, because Playwright would make one long line of them. */
export type TrainingOutcome = { readonly value: unknown } | { readonly error: ErrorData };

declare global {
  var callTraining: (method: keyof TrainingPage, argument: unknown) => Promise<TrainingOutcome>;
}

let trainer: Trainer | null = null;

function running(): Trainer {
  if (!trainer) throw new Error("start comes first");
  return trainer;
}

/** A file of the server's, or null when there is none. */
async function read(path: string): Promise<Response | null> {
  const response = await fetch(path);
  return response.ok ? response : null;
}

const bytesOf = async (response: Response | null) => response && new Uint8Array(await response.arrayBuffer());
const jsonOf = async (response: Response | null): Promise<unknown> => response?.json();

const methods: TrainingPage = {
  async start() {
    const task = (await jsonOf(await read("/task.json"))) as TrainingTask;
    const [part, file] = await Promise.all(
      ["/checkpoint", "/start/model.safetensors"].map(async (path) => bytesOf(await read(path))),
    );
    trainer = await createTrainerClient({
      ...task,
      tokenizerJson: (await jsonOf(await read("/tokenizer.json"))) as object,
      kernelsUrl: new URL("/kernels/", location.href).href,
      ...(part ? { part } : {}),
      ...(file ? { start: { file, config: await jsonOf(await read("/start/config.json")) } } : {}),
    });
    return trainer.setup();
  },
  advance: (steps) => running().advance(steps),
  evaluate: () => running().evaluate(),
  async save() {
    const response = await fetch("/checkpoint", { method: "PUT", body: await running().checkpoint() });
    if (!response.ok) throw new Error(`The checkpoint was not taken: ${response.status}`);
  },
};

globalThis.callTraining = async (method, argument) => {
  try {
    return { value: await methods[method](argument as never) };
  } catch (thrown) {
    return { error: toErrorData(thrown) };
  }
};
