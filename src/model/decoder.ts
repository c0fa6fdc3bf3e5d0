import { numpy as np } from "@jax-js/jax";
import type { Backend } from "./backend";
import { multipleBucket, powerOfTwoBucket } from "./buckets";
import { type Cache, createCacheOperations, disposeCache } from "./cache";
import type { ModelConfig } from "./config";
import { Decoding } from "./decoding";
import type { InferenceParams } from "./inference-params";
import { rotaryOnHost } from "./inference-rotary";
import { createPasses } from "./inference-step";

/** Prompts that have been read. */
export interface Prefilled {
  /** A row per prompt, and possibly more. */
  readonly cache: Cache;
  /** Tokens of each prompt. */
  readonly lengths: readonly number[];
  /** Logits [V] after each prompt's last token. */
  readonly logits: readonly Float32Array[];
}

/** Runs a model token by token. It compiles anew for every combination of shapes, so sizes are rounded up. */
export interface Decoder {
  /** Reads prompts, each of at least one token. */
  prefill(prompts: readonly (readonly number[])[]): Promise<Prefilled>;
  /** Begins to continue prompts: row i goes on from prompt `rows[i]`. `prefilled` stays the caller's. */
  decode(prefilled: Prefilled, rows: readonly number[]): Decoding;
  dispose(): void;
}

/** Prompts are padded to a multiple of this. */
const PROMPT_STEP = 64;

/** A decoder for weights on the backend's device; `params` stays the caller's. */
export function createDecoder(config: ModelConfig, params: InferenceParams, backend: Backend): Decoder {
  const passes = createPasses(config);
  const operations = createCacheOperations();
  return {
    async prefill(prompts) {
      const { tokens, last, rows, length } = grid(prompts);
      const { cache, logits } = passes.prefill(params, {
        tokens: np.array(tokens, { dtype: np.int32 }),
        rotary: rotaryOnHost(config, [...Array(length).keys()], 1),
        last: np.array(last, { dtype: np.int32 }),
      });
      const values = await backend.read(logits);
      const width = values.length / rows;
      return {
        cache,
        lengths: prompts.map((prompt) => prompt.length),
        logits: prompts.map((_, row) => values.subarray(row * width, row * width + config.vocab_size)),
      };
    },
    decode(prefilled, rows) {
      return new Decoding(
        config,
        operations,
        async (past, recent, inputs) => {
          const next = passes.step(params, past, recent, inputs);
          return { recent: next.recent, logits: await backend.read(next.logits) };
        },
        prefilled,
        rows,
      );
    },
    dispose() {
      passes.dispose();
      operations.dispose();
    },
  };
}

/** Frees what `prefill` gave. */
export function disposePrefilled({ cache }: Prefilled): void {
  disposeCache(cache);
}

/** Prompts side by side, padded with token 0, and where each ends among all of the grid's tokens. */
function grid(prompts: readonly (readonly number[])[]) {
  const rows = powerOfTwoBucket(prompts.length);
  const length = multipleBucket(Math.max(...prompts.map((prompt) => prompt.length)), PROMPT_STEP);
  const tokens = new Int32Array(rows * length);
  const last = new Int32Array(rows);
  for (const [row, prompt] of prompts.entries()) {
    tokens.set(prompt, row * length);
    last[row] = row * length + prompt.length - 1;
  }
  return { tokens, last, rows, length };
}
