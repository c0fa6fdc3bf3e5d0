import { describe, expect, it } from "vitest";
import { createRandom } from "../../core/rng";
import type { Tokenizer } from "../../model/io/tokenizer";
import { createBatches, tokenizeExample } from "./batches";
import type { Corpus } from "./corpus";

/** One token per character. */
const tokenizer: Tokenizer = {
  vocabSize: 128,
  encode: (text) => Array.from(text, (character) => character.charCodeAt(0)),
  decode: (ids) => String.fromCharCode(...ids),
  pieceOf: (id) => String.fromCharCode(id),
  idOf: (piece) => piece.charCodeAt(0),
};

/** Texts of 1 to 30 characters; the later in the run, the later in the alphabet. */
function createCorpus(seed: number): Corpus {
  const random = createRandom(seed);
  return {
    next: (progress) => {
      const character = String.fromCharCode(97 + Math.floor(25 * progress));
      return { segments: [{ text: character.repeat(random.int(1, 30)), weight: 1 }] };
    },
  };
}

const source = { tokenizer, createCorpus, seed: 3, rows: 2, rowTokens: 24 };

describe("tokenizeExample", () => {
  it("gives each token its segment's weight", () => {
    const segments = [
      { text: "ab", weight: 0 },
      { text: "c", weight: 0.5 },
    ];
    expect(tokenizeExample(tokenizer, { segments })).toEqual({ tokens: [97, 98, 99], weights: [0, 0, 0.5] });
  });
});

describe("createBatches", () => {
  it("goes on from the waiting examples exactly as if it had never stopped", () => {
    const whole = createBatches(source);
    const expected = [1, 2, 3, 4].map((step) => whole.next(step, step / 4));
    const before = createBatches(source);
    const resumed = [1, 2].map((step) => before.next(step, step / 4));
    const after = createBatches(source, before.waiting);
    resumed.push(...[3, 4].map((step) => after.next(step, step / 4)));
    expect(resumed).toEqual(expected);
  });

  it("asks the corpus for the given share of the run", () => {
    const late = createBatches(source).next(1, 1);
    expect(new Set(late.tokens.filter((token) => token > 0))).toEqual(new Set([97 + 25]));
  });

  it("fills rows well and leaves no example waiting for ever", () => {
    const batches = createBatches({ ...source, rows: 4, rowTokens: 64 });
    let used = 0;
    for (let step = 1; step <= 50; step++) {
      const { segments } = batches.next(step, 0.5);
      used += segments.filter((segment) => segment > 0).length;
    }
    expect(used / (50 * 4 * 64)).toBeGreaterThan(0.9);
    expect(batches.waiting.length).toBeLessThan(40);
  });

  it("drops what is longer than a row", () => {
    const batches = createBatches({ ...source, rowTokens: 8 });
    for (let step = 1; step <= 10; step++) batches.next(step, 0);
    expect(Math.max(...batches.waiting.map(({ tokens }) => tokens.length))).toBeLessThanOrEqual(8);
  });
});
