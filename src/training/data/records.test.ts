import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tokenizer } from "../../model/io/tokenizer";
import {
  parseRecords,
  type TrainingRecord,
  toExamples,
  toPreferencePairs,
  toRankedPairs,
  toValuedPaths,
} from "./records";

/** One token per small letter; it loses every other character. */
const tokenizer: Tokenizer = {
  vocabSize: 27,
  encode: (text) => Array.from(text.replaceAll(/[^a-z]/g, ""), (letter) => letter.charCodeAt(0) - 96),
  decode: (ids) => ids.map((id) => String.fromCharCode(id + 96)).join(""),
  pieceOf: (id) => String.fromCharCode(id + 96),
  idOf: (piece) => piece.charCodeAt(0) - 96,
};

const shape = { rows: 2, rowTokens: 6 };

describe("parseRecords", () => {
  it("keeps the good lines and names the bad ones", () => {
    const lines = [
      '{"prompt": "a", "completion": "b"}',
      "",
      "{",
      '{"prompt": "a"}',
      '{"prompt":"c","completion":"d","more":1}',
    ];
    const { records, faults } = parseRecords("completion", lines.join("\n"));
    expect(records).toEqual([
      { prompt: "a", completion: "b" },
      { prompt: "c", completion: "d" },
    ]);
    expect(faults.map(({ line }) => line)).toEqual([3, 4]);
    expect(faults[1]?.message).toContain("completion");
  });

  it("wants a label for each step", () => {
    const line = (labels: unknown, more = {}) =>
      JSON.stringify({ prompt: "a", completions: ["b", "c"], labels, ...more });
    const faultsOf = (text: string) => parseRecords("stepwise", text).faults.length;
    expect(faultsOf(line([true, 0.5]))).toBe(0);
    expect(faultsOf(line([null, 1], { visits: [null, 8] }))).toBe(0);
    for (const bad of [line([true]), line([1.5, 0]), line([1, 1], { visits: [1] }), line([1, 1], { visits: [0, 1] })]) {
      expect(faultsOf(bad)).toBe(1);
    }
  });

  it("is total", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("completion", "preference", "stepwise"), (lines, shape) => {
        const { records, faults } = parseRecords(shape, lines);
        expect(records.length + faults.length).toBe(lines.split("\n").filter((line) => line.trim() !== "").length);
      }),
    );
  });
});

describe("items", () => {
  it("learn the completion and not the prompt; what is too long or unknown is counted", () => {
    const records = [
      { prompt: "ab", completion: "cd" },
      { prompt: "abcd", completion: "efg" },
      { prompt: "a?", completion: "b" },
    ];
    expect(toExamples(records, tokenizer, shape)).toEqual({
      items: [{ tokens: [1, 2, 3, 4], weights: [0, 0, 1, 1] }],
      dropped: 2,
    });
  });

  it("are pairs that fit into one batch", () => {
    const records = [
      { prompt: "a", chosen: "bcde", rejected: "bcdf", gap: 0.5 },
      { prompt: "a", chosen: "b", rejected: "cdefgh" },
    ];
    expect(toPreferencePairs(records, tokenizer, shape)).toMatchObject({
      items: [{ chosen: { tokens: [1, 2, 3, 4, 5] }, rejected: { tokens: [1, 2, 3, 4, 6] } }],
      dropped: 1,
    });
    expect(toRankedPairs(records, tokenizer, shape).items).toEqual([
      { better: [1, 2, 3, 4, 5], worse: [1, 2, 3, 4, 6], gap: 0.5 },
    ]);
    expect(toRankedPairs(records, tokenizer, { rows: 1, rowTokens: 6 })).toEqual({ items: [], dropped: 2 });
  });

  it("value each step once, however many paths share it", () => {
    const records: TrainingRecord<"stepwise">[] = [
      { prompt: "a", completions: ["bc", "d"], labels: [0.25, true], visits: [8, 2] },
      { prompt: "a", completions: ["bc", "e"], labels: [0.25, null], visits: [8, null] },
      { prompt: "a", completions: ["bc", "f"], labels: [0.25, 0] },
    ];
    expect(toValuedPaths(records, tokenizer, shape)).toEqual({
      items: [
        {
          tokens: [1, 2, 3, 4],
          ends: [
            { at: 2, wins: 2, visits: 8 },
            { at: 3, wins: 2, visits: 2 },
          ],
        },
        { tokens: [1, 2, 3, 6], ends: [{ at: 3, wins: 0, visits: 1 }] },
      ],
      dropped: 0,
    });
  });
});
