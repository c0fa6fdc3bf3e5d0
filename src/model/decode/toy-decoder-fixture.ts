import type { Decoder } from "./generate";

/**
 * A model without weights: `logitsOf` says what it thinks after any sequence of tokens, its prompt's first. For tests of how its thoughts
 * are drawn from.
 */
export function toyDecoder(logitsOf: (tokens: readonly number[]) => Float32Array): Decoder {
  return {
    sharesRows: true,
    prefill: async (prompts) => ({
      read: prompts.map(({ length }) => length),
      logits: prompts.map(logitsOf),
      decode: (rows) => {
        let open = rows.map((row) => prompts[row] ?? []);
        return {
          step: async (tokens) => {
            open = open.map((before, i) => [...before, tokens[i] ?? 0]);
            return open.map(logitsOf);
          },
          isWorthShrinking: () => true,
          chooseRows: (chosen) => {
            open = chosen.map((row) => open[row] ?? []);
          },
          dispose: () => undefined,
        };
      },
      dispose: () => undefined,
    }),
    close: () => undefined,
  };
}
