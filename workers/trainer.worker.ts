import { canUseThreads } from "../src/model/backend";
import { loadTokenizer } from "../src/model/io/tokenizer";
import { startBackend } from "../src/model/jax";
import { BASE_SHAPE } from "../src/model/network/config";
import type { TrainerOptions, TrainerService } from "../src/rpc/trainer";
import { startWorker } from "../src/rpc/worker";
import { createCorpus } from "../src/training/data/corpus";
import { createPretraining } from "../src/training/pretraining";

startWorker<TrainerOptions>(
  async ({ pretrain, backend: wanted, tokenizerJson, checkpoint }): Promise<TrainerService> => {
    const name = canUseThreads() ? "wasm-threads" : "wasm";
    const backend = await startBackend(wanted === "auto" ? name : wanted);
    const tokenizer = loadTokenizer(tokenizerJson);
    const config = { ...BASE_SHAPE, vocab_size: tokenizer.vocabSize };
    const run = await createPretraining(pretrain, { backend, config, tokenizer, createCorpus }, checkpoint);
    return {
      advance: (steps, signal) => run.advance(steps, signal),
      evaluate: () => run.evaluate(),
      checkpoint: () => run.checkpoint(),
      exportModel: () => run.exportModel(),
    };
  },
);
