import { type BackendName, canUseThreads } from "../src/model/backend";
import { loadTokenizer } from "../src/model/io/tokenizer";
import { startBackend } from "../src/model/jax";
import { BASE_SHAPE } from "../src/model/network/config";
import { canRunKernels, fetchKernelsFrom } from "../src/model/wasm/kernels";
import { threadsHere } from "../src/model/wasm/threads";
import type { TrainerOptions, TrainerService } from "../src/rpc/trainer";
import { startWorker } from "../src/rpc/worker";
import { createCorpus } from "../src/training/data/corpus";
import type { TrainingBackend } from "../src/training/learner";
import { createPretraining } from "../src/training/pretraining";

/** What `auto` is here. */
function fastest(): BackendName {
  if (canRunKernels()) return canUseThreads() ? "simd-threads" : "simd";
  return canUseThreads() ? "wasm-threads" : "wasm";
}

async function start(name: BackendName, kernelsUrl: string): Promise<TrainingBackend> {
  if (name !== "simd" && name !== "simd-threads") return startBackend(name);
  return { fetchKernels: fetchKernelsFrom(kernelsUrl), threading: threadsHere(name === "simd-threads") };
}

startWorker<TrainerOptions>(
  async ({ pretrain, backend: wanted, kernelsUrl, tokenizerJson, start: files }): Promise<TrainerService> => {
    const backend = await start(wanted === "auto" ? fastest() : wanted, kernelsUrl);
    const tokenizer = loadTokenizer(tokenizerJson);
    const config = { ...BASE_SHAPE, vocab_size: tokenizer.vocabSize };
    const run = await createPretraining(pretrain, { backend, config, tokenizer, createCorpus }, files);
    return {
      advance: (steps, signal) => run.advance(steps, signal),
      evaluate: () => run.evaluate(),
      checkpoint: () => run.checkpoint(),
      exportModel: () => run.exportModel(),
    };
  },
);
