import { type BackendName, canUseThreads } from "../src/model/backend";
import { loadTokenizer } from "../src/model/io/tokenizer";
import { startBackend } from "../src/model/jax";
import { BASE_SHAPE } from "../src/model/network/config";
import { canRunKernels, fetchKernelsFrom } from "../src/model/wasm/kernels";
import { threadsHere } from "../src/model/wasm/threads";
import type { TrainerOptions, TrainerService } from "../src/rpc/trainer";
import { startWorker } from "../src/rpc/worker";
import { CORPORA, createTraining } from "../src/training/job";
import type { TrainingBackend } from "../src/training/learner";
import { readWeights } from "../src/training/model-file";

/** What `auto` is here. */
function fastest(): BackendName {
  if (canRunKernels()) return canUseThreads() ? "simd-threads" : "simd";
  return canUseThreads() ? "wasm-threads" : "wasm";
}

async function start(name: BackendName, kernelsUrl: string): Promise<TrainingBackend> {
  if (name !== "simd" && name !== "simd-threads") return startBackend(name);
  return { fetchKernels: fetchKernelsFrom(kernelsUrl), threading: threadsHere(name === "simd-threads") };
}

startWorker<TrainerOptions>(async (options, report): Promise<TrainerService> => {
  const { job, data, backend: wanted, kernelsUrl, part } = options;
  const backend = await start(wanted === "auto" ? fastest() : wanted, kernelsUrl);
  const tokenizer = loadTokenizer(options.tokenizerJson);
  const run = await createTraining(job, data, {
    backend,
    tokenizer,
    config: { ...BASE_SHAPE, vocab_size: tokenizer.vocabSize },
    corpora: CORPORA,
    onReading: (fraction) => report({ message: "Reading the data with the model of before", fraction }),
    ...(options.start ? { weights: await readWeights(options.start) } : {}),
    ...(part ? { part } : {}),
  });
  return {
    advance: (steps, signal) => run.advance(steps, signal),
    evaluate: () => run.evaluate(),
    checkpoint: () => run.checkpoint(),
    setup: () => run.setup(),
  };
});
