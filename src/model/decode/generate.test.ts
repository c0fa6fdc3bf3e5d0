import { describe, expect, it } from "vitest";
import { createRandom, deriveSeed } from "../../core/rng";
import { type Decoder, type GenerationRequest, generate } from "./generate";
import { toyDecoder } from "./toy-decoder-fixture";

const VOCABULARY = 5;
const STOP = 4;

/** A model of three or so likely ways on from everywhere. */
function logitsOf(tokens: readonly number[]): Float32Array {
  const random = createRandom(deriveSeed("toy", ...tokens));
  return Float32Array.from({ length: VOCABULARY }, () => 4 * random.float());
}

/** The toy, and how many rows it has computed. */
function counting(sharesRows: boolean): { readonly decoder: Decoder; readonly rows: () => number } {
  const toy = toyDecoder(logitsOf);
  let computed = 0;
  const decoder: Decoder = {
    ...toy,
    sharesRows,
    prefill: async (prompts) => {
      const read = await toy.prefill(prompts);
      return {
        ...read,
        decode: (rows) => {
          const decoding = read.decode(rows);
          return {
            ...decoding,
            step: (tokens) => {
              computed += tokens.length;
              return decoding.step(tokens);
            },
          };
        },
      };
    },
  };
  return { decoder, rows: () => computed };
}

function request(prompt: readonly number[], first: number, count: number): GenerationRequest {
  const seeds = Array.from({ length: count }, (_, i) => deriveSeed(first + i));
  return { prompt, seeds, stop: new Set([STOP]), maxTokens: 9, sampling: { temperature: 1, topK: 0, topP: 1 } };
}

describe("rows that agree so far", () => {
  const requests = [request([0, 1], 1, 20), request([2], 40, 6), request([0, 1], 90, 20)];

  it("are computed once, and give what they give apart", async () => {
    const [shared, apart] = [counting(true), counting(false)];
    const results = await generate(shared.decoder, 64, requests);
    expect(results).toEqual(await generate(apart.decoder, 64, requests));
    const prefixes = new Set(
      results.flatMap(({ completions }, i) =>
        completions.flatMap(({ tokens }) =>
          tokens.slice(0, -1).map((_, end) => [requests[i]?.prompt, tokens.slice(0, end + 1)].join(";")),
        ),
      ),
    );
    expect(shared.rows()).toBe(prefixes.size);
    expect(shared.rows()).toBeLessThan(0.7 * apart.rows());
  });
});
