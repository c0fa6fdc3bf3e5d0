import { type ErrorData, toErrorData } from "../../src/core/errors";
import type { ModelFiles, Trainer, TrainingProgress } from "../../src/ports/trainer";
import { createTrainerClient, type TrainerOptions } from "../../src/rpc/trainer";

/** What the command calls in the page. Bytes go over HTTP, because only JSON crosses from page to Node. */
export interface PretrainPage {
  /** Starts the run, from `/checkpoint` when the server has one, else from the weights of `/start` when it has them. */
  start(options: Pick<TrainerOptions, "pretrain" | "backend">): Promise<void>;
  advance(steps: number): Promise<TrainingProgress>;
  evaluate(): Promise<number>;
  /** Sends checkpoint and weights to the server; the model's configuration. */
  save(): Promise<ModelFiles["config"]>;
}

/** How a call ended: errors are data, because Playwright would make one long line of them. */
export type PretrainOutcome = { readonly value: unknown } | { readonly error: ErrorData };

declare global {
  var callPretrain: (method: keyof PretrainPage, argument: unknown) => Promise<PretrainOutcome>;
}

let trainer: Trainer | null = null;

function running(): Trainer {
  if (!trainer) throw new Error("start comes first");
  return trainer;
}

/** Bytes of a file of the server's, or null when there is none. */
async function read(path: string): Promise<Uint8Array | null> {
  const response = await fetch(path);
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : null;
}

async function put(path: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const response = await fetch(path, { method: "PUT", body });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
}

const methods: PretrainPage = {
  async start(options) {
    const tokenizerJson = await (await fetch("/tokenizer.json")).json();
    const [checkpoint, weights] = await Promise.all(["/checkpoint", "/start"].map(read));
    trainer = await createTrainerClient({
      ...options,
      tokenizerJson,
      kernelsUrl: new URL("/kernels/", location.href).href,
      start: { ...(checkpoint ? { checkpoint } : {}), ...(weights ? { weights } : {}) },
    });
  },
  advance: (steps) => running().advance(steps),
  evaluate: () => running().evaluate(),
  async save() {
    await put("/checkpoint", await running().checkpoint());
    const { config, weights } = await running().exportModel();
    await put("/weights", weights);
    return config;
  },
};

globalThis.callPretrain = async (method, argument) => {
  try {
    return { value: await methods[method](argument as never) };
  } catch (thrown) {
    return { error: toErrorData(thrown) };
  }
};
