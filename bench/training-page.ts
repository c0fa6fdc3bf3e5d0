import { canUseThreads, type JaxBackendName } from "../src/model/backend";
import { loadTokenizer } from "../src/model/io/tokenizer";
import { startBackend } from "../src/model/jax";
import { BASE_SHAPE } from "../src/model/network/config";
import { createCorpus } from "../src/training/data/corpus";
import { createPretraining, PRETRAIN_DEFAULTS } from "../src/training/pretraining";

/*
 * The page's half of training.bench.ts: the first steps of a real pretraining run.
 */

const WARM_UP_STEPS = 2;
const STEPS = 10;

/** Tokens per second, padding not counted: forward, backward, update, and the making of the batches. */
async function tokensPerSecond(name: JaxBackendName, tokenizerJson: object): Promise<number> {
  const backend = await startBackend(name);
  const tokenizer = loadTokenizer(tokenizerJson);
  const config = { ...BASE_SHAPE, vocab_size: tokenizer.vocabSize };
  const run = await createPretraining(PRETRAIN_DEFAULTS, { backend, config, tokenizer, createCorpus });
  try {
    await run.advance(WARM_UP_STEPS);
    return Math.round((await run.advance(STEPS)).tokensPerSecond);
  } finally {
    run.dispose();
  }
}

/** All figures; a backend that cannot run here is named with the reason. */
export async function measureTraining(): Promise<Readonly<Record<string, unknown>>> {
  const tokenizerJson = (await (await fetch("/models/tiny/tokenizer.json")).json()) as object;
  const names: readonly JaxBackendName[] = canUseThreads() ? ["wasm", "wasm-threads", "webgpu"] : ["wasm", "webgpu"];
  const figures: [string, unknown][] = [];
  for (const name of names) {
    const figure = await tokensPerSecond(name, tokenizerJson).catch((thrown: unknown) => `not measured: ${thrown}`);
    figures.push([name, figure]);
  }
  const { batchRows, rowTokens } = PRETRAIN_DEFAULTS;
  return { batchRows, rowTokens, tokensPerSecond: Object.fromEntries(figures) };
}
