import { type BackendName, LAST_RESORT, surveyBackends } from "../model/backend";
import { type MeasuredChoice, onChosenBackend } from "../model/backend-choice";
import { startBackend } from "../model/jax";
import type { ModelConfig } from "../model/network/config";
import { initialParams } from "../model/network/parameters";
import type { FetchKernels } from "../model/wasm/kernels";
import { threadsHere } from "../model/wasm/threads";
import type { BrowserMemory } from "../ports/browser-memory";
import { packBatch } from "./data/packing";
import { createLearner, type TrainingBackend } from "./learner";
import { nextTokenCost, toTrainingBatch } from "./objectives/language-model";
import { ADAMW_DEFAULTS } from "./optimizer";

/** Rows and tokens of the measured batch: a quarter of a usual one. */
const ROWS = 2;
const ROW_TOKENS = 128;

/** The best of so many steps counts, so that another program's work does not decide; one before them compiles. */
const STEPS = 3;

/**
 * Starts a backend for training.
 * @param choice the one to use, or how the fastest is chosen: by a short measurement, once in each browser. Then jax-js goes on where the
 * kernels cannot.
 * @throws LabError `model/no-backend`
 */
export async function startTrainingBackend(
  config: ModelConfig,
  fetchKernels: FetchKernels,
  choice: BackendName | { readonly memory: BrowserMemory; readonly version: string },
): Promise<TrainingBackend> {
  if (typeof choice === "string") return start(choice, fetchKernels);
  const use = async (name: BackendName): Promise<TrainingBackend> => {
    const backend = await start(name, fetchKernels);
    return "threading" in backend ? { ...backend, fallBack: () => startBackend(LAST_RESORT) } : backend;
  };
  const { hidden_size, intermediate_size, num_hidden_layers, vocab_size } = config;
  const purpose = ["training", hidden_size, intermediate_size, num_hidden_layers, vocab_size].join(" ");
  return onChosenBackend(purpose, choice.memory, await surveyBackends(choice.version), use, async (names) => {
    const backend = await fastest(names, (name) => stepMs(config, name, fetchKernels));
    return { backend, value: await use(backend) } satisfies MeasuredChoice<TrainingBackend>;
  });
}

async function start(name: BackendName, fetchKernels: FetchKernels): Promise<TrainingBackend> {
  if (name !== "simd" && name !== "simd-threads") return startBackend(name);
  return { fetchKernels, threading: threadsHere(name === "simd-threads") };
}

/** Who takes the least time; those that fail are passed over, and when all do, what runs everywhere is taken. */
async function fastest(
  names: readonly BackendName[],
  measure: (name: BackendName) => Promise<number>,
): Promise<BackendName> {
  let best: BackendName = LAST_RESORT;
  let least = Number.POSITIVE_INFINITY;
  if (names.length === 1) return names[0] ?? best;
  for (const name of names) {
    const ms = await measure(name).catch(() => Number.POSITIVE_INFINITY);
    if (ms < least) [best, least] = [name, ms];
  }
  return best;
}

/** Wall milliseconds of a step. */
async function stepMs(config: ModelConfig, name: BackendName, fetchKernels: FetchKernels): Promise<number> {
  const task = {
    backend: await start(name, fetchKernels),
    config,
    objective: { heads: new Map(), cost: nextTokenCost },
    frozen: [],
    adamw: ADAMW_DEFAULTS,
  };
  const learner = createLearner(task, { params: initialParams(config, 1), first: new Map(), second: new Map() });
  const tokens = Array.from({ length: ROW_TOKENS }, (_, i) => i % config.vocab_size);
  const text = () => ({ tokens, weights: tokens.map(() => 1) });
  const batch = toTrainingBatch(packBatch(Array.from({ length: ROWS }, text), ROWS, ROW_TOKENS).batch);
  try {
    let least = Number.POSITIVE_INFINITY;
    for (let step = 0; step <= STEPS; step++) {
      const began = performance.now();
      await learner.step([batch], 1e-3, step + 1);
      if (step > 0) least = Math.min(least, performance.now() - began);
    }
    return least;
  } finally {
    learner.dispose();
  }
}
