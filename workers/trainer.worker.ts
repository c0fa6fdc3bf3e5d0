import { canUseThreads, startBackend } from "../src/model/backend";
import { writeSafetensors } from "../src/model/io/safetensors";
import { loadTokenizer } from "../src/model/io/tokenizer";
import { BASE_SHAPE } from "../src/model/network/config";
import type { TrainerOptions, TrainerService } from "../src/rpc/trainer-client";
import { startWorker } from "../src/rpc/worker";
import { createCorpus } from "../src/training/data/corpus";
import { createPretraining } from "../src/training/pretrain";

startWorker<TrainerOptions>(async ({ pretrain, tokenizerJson, checkpoint }): Promise<TrainerService> => {
  const backend = await startBackend(canUseThreads() ? "wasm-threads" : "wasm");
  const tokenizer = loadTokenizer(tokenizerJson);
  const config = { ...BASE_SHAPE, vocab_size: tokenizer.vocabSize };
  const run = createPretraining(pretrain, { backend, config, tokenizer, createCorpus }, checkpoint);
  return {
    advance: (steps) => run.advance(steps),
    evaluate: () => run.evaluate(),
    checkpoint: () => run.checkpoint(),
    weights: async () => ({ config, file: writeSafetensors(await run.weights(), "F16") }),
  };
});
