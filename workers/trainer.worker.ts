import { loadTokenizer } from "../src/model/io/tokenizer";
import { BASE_SHAPE } from "../src/model/network/config";
import { fetchKernelsFrom } from "../src/model/wasm/kernels";
import type { TrainerOptions, TrainerService } from "../src/rpc/trainer";
import { startWorker } from "../src/rpc/worker";
import { createBrowserMemory } from "../src/storage/browser-memory";
import { startTrainingBackend } from "../src/training/backend";
import { CORPORA, createTraining } from "../src/training/job";
import { readWeights } from "../src/training/model-file";

startWorker<TrainerOptions>(async (options, report): Promise<TrainerService> => {
  const { job, data, backend: wanted, kernelsUrl, part } = options;
  const tokenizer = loadTokenizer(options.tokenizerJson);
  const config = { ...BASE_SHAPE, vocab_size: tokenizer.vocabSize };
  const choice = wanted === "auto" ? { memory: createBrowserMemory(), version: import.meta.env.APP_VERSION } : wanted;
  const backend = await startTrainingBackend(config, fetchKernelsFrom(kernelsUrl), choice);
  const run = await createTraining(job, data, {
    backend,
    tokenizer,
    config,
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
    watch: (prompt, maxTokens) => run.watch(prompt, maxTokens),
  };
});
