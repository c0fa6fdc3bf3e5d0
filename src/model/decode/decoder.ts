import type { Backend } from "../backend";
import type { ModelConfig } from "../network/config";
import { createCacheOperations } from "./cache";
import { Decoding } from "./decoding";
import type { InferenceParams } from "./inference-params";
import { createPasses } from "./inference-step";
import { createPrefill, type Prefill, type Prefilled } from "./prefill";

/** Runs a model token by token. */
export interface Decoder {
  readonly prefill: Prefill;
  /** Begins to continue prompts: row i goes on from prompt `rows[i]`. `prefilled` stays the caller's. */
  decode(prefilled: Prefilled, rows: readonly number[]): Decoding;
  dispose(): void;
}

/** A decoder for weights on the backend's device; `params` stays the caller's. */
export function createDecoder(config: ModelConfig, params: InferenceParams, backend: Backend): Decoder {
  const passes = createPasses(config);
  const operations = createCacheOperations();
  return {
    prefill: createPrefill(config, params, backend, passes),
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
