import { fetchTinyTokenizer } from "../src/engines/tiny/model";
import type { RunPorts } from "../src/experiment/run/requirements";
import { loadTokenizer } from "../src/model/io/tokenizer";
import { fetchKernelsFrom } from "../src/model/wasm/kernels";
import type { Model } from "../src/rpc/model";
import type { ReinforceWork } from "../src/rpc/search";
import { policySource } from "../src/rpc/trainer";
import { type ReinforceEnd, type ReinforceRecord, reinforce } from "../src/selfplay/reinforce/loop";
import { MOST_PATH_TOKENS } from "../src/selfplay/reinforce/rollouts";
import type { ReinforceSpec } from "../src/selfplay/reinforce/spec";
import { createBrowserMemory } from "../src/storage/browser-memory";
import { IndexedCheckpointStore } from "../src/storage/checkpoints";
import { LabDatabase } from "../src/storage/database";
import { withShipped } from "../src/storage/shipped";
import { startTrainingBackend } from "../src/training/backend";
import { readWeights } from "../src/training/model-file";
import { createPolicyLearner, type PolicyLearnerOptions } from "../src/training/policy-learner";

/** Where a run takes place: in this worker, with the model and the sandbox that it has. */
interface Place {
  readonly ports: RunPorts;
  readonly model: Model;
  /** Absolute address of the app's folder, with a slash at its end. */
  readonly baseUrl: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Has the model's policy learn. The learner computes in this worker, the model in its own: they take turns. Whoever has lent the model gets
 * it back with its own weights.
 * @throws LabError as `policySource`, `createPolicyLearner`, `reinforce`.
 */
export async function* reinforceHere(
  { spec, backend, part }: ReinforceWork,
  { ports, model, baseUrl, now, signal }: Place,
): AsyncGenerator<ReinforceRecord, ReinforceEnd> {
  const checkpoints = withShipped(new IndexedCheckpointStore(new LabDatabase()), new URL("models/", baseUrl));
  const source = await policySource(model.info.id, { baseUrl, checkpoints });
  const start = await readWeights(source);
  const choice = backend === "auto" ? { memory: createBrowserMemory(), version: import.meta.env.APP_VERSION } : backend;
  const kernels = fetchKernelsFrom(new URL("kernels/", baseUrl).href);
  const learner = await createPolicyLearner(learnerOptions(spec, model.info.id), {
    backend: await startTrainingBackend(start.config, kernels, choice),
    tokenizer: loadTokenizer(await fetchTinyTokenizer(new URL("models/tiny/", baseUrl))),
    start,
    ...(part === null ? {} : { part }),
  });
  try {
    return yield* reinforce({ ...spec, ports: { ...ports, policy: model, learner }, now, signal });
  } finally {
    learner.dispose();
    await model.loadWeights(new Uint8Array(source.file));
  }
}

/** What a run asks of its learner. `start`: what it begins with, as `formatModelRef` writes it, for the record. */
function learnerOptions(spec: ReinforceSpec, start: string): PolicyLearnerOptions {
  const { method, problems, samples, peakLearningRate, seed } = spec;
  const settings = { ...spec, start };
  if (method.name === "dpo") return { objective: method, peakLearningRate, epochs: 1, seed, settings };
  // As many tokens as could have been written at most: a constant, so that shorter paths count no more.
  const divisor = problems * samples * MOST_PATH_TOKENS;
  return { objective: { ...method, divisor }, peakLearningRate, epochs: method.epochs, seed, settings };
}
