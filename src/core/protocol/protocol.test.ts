import { describe, expect, it } from "vitest";
import { type Completion, charge, chargeWhole, type ReadStep } from "./protocol";

/** Two steps: one at the text's beginning, one where `b` stands. */
const READS: readonly ReadStep[] = [
  { start: 0, step: { kind: "define", text: "a" } },
  { start: 4, step: { kind: "code", text: "b" } },
];

const completion: Completion = {
  text: "aaaabb",
  tokens: 4,
  logProbs: [-1, -2, -3, -4],
  pieces: ["aa", "aa", "b", "b"],
  finish: "stop",
};

const costs = (changes: Partial<Completion>) =>
  charge({ ...completion, ...changes }, READS).map(({ tokens, logProb }) => [tokens, logProb]);

describe("charging tokens to steps", () => {
  it("gives each token to the step in whose text it begins", () => {
    expect(costs({})).toEqual([
      [2, -3],
      [2, -7],
    ]);
    expect(costs({ pieces: ["aaa", "ab", "", "b"] })).toEqual([
      [2, -3],
      [2, -7],
    ]);
  });

  it("shares tokens out by characters where none are told, without log-probabilities", () => {
    expect(costs({ pieces: [], logProbs: [], tokens: 10 })).toEqual([
      [7, null],
      [3, null],
    ]);
  });

  it("shares the tokens that a server counts beyond those it tells out by those, and lets their mean stand for them", () => {
    const steps = charge({ ...completion, tokens: 6 }, READS);
    expect(steps.map(({ tokens, logProb, toldTokens }) => [tokens, logProb, toldTokens])).toEqual([
      [3, -4.5, 2],
      [3, -10.5, 2],
    ]);
    // 14 % were held back, as llama.cpp's server does: no step is taken for more likely than it is, and none is short of tokens.
    const held = chargeWhole(
      { ...completion, tokens: 100, logProbs: Array(86).fill(-0.5), pieces: Array(86).fill("") },
      {
        start: 0,
        step: { kind: "define", text: "" },
      },
    );
    expect(held).toMatchObject({ tokens: 100, logProb: -50, toldTokens: 86 });
  });

  it("adds up to the completion's own count where its pieces are more or fewer", () => {
    expect(costs({ tokens: 9 }).map(([tokens]) => tokens)).toEqual([5, 4]);
    expect(costs({ tokens: 1 }).map(([tokens]) => tokens)).toEqual([1, 0]);
    expect(costs({ tokens: 0 }).map(([tokens]) => tokens)).toEqual([0, 0]);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])("counts pieces where the count is %d", (tokens) => {
    expect(costs({ tokens }).map(([count]) => count)).toEqual([2, 2]);
    expect(
      chargeWhole({ ...completion, tokens, pieces: [] }, { start: 0, step: { kind: "define", text: "" } }),
    ).toEqual({
      step: { kind: "define", text: "" },
      tokens: 0,
      logProb: -10,
    });
  });

  it("makes whole numbers of fractions", () => {
    expect(costs({ tokens: 3.6 }).map(([tokens]) => tokens)).toEqual([2, 2]);
  });

  it("keeps sums finite and at most 0, whatever the log-probabilities", () => {
    expect(costs({ logProbs: [0.5, -1, Number.NaN, Number.NEGATIVE_INFINITY] })).toEqual([
      [2, -1],
      [2, -9999],
    ]);
    expect(costs({ logProbs: [-1] })).toEqual([
      [2, -2],
      [2, null],
    ]);
  });

  it("cuts the sampled ids and their log-probabilities like the tokens", () => {
    const [first, second] = charge({ ...completion, tokenIds: [7, 8, 9, 10] }, READS);
    expect(first?.sample).toEqual({ tokenIds: [7, 8], logProbs: [-1, -2] });
    expect(second?.sample).toEqual({ tokenIds: [9, 10], logProbs: [-3, -4] });
    const [whole] = READS;
    if (whole === undefined) throw new TypeError("no step");
    expect(chargeWhole({ ...completion, tokenIds: [7, 8, 9, 10] }, whole).sample?.tokenIds).toEqual([7, 8, 9, 10]);
  });

  it("knows no step's ids where it is not told which token stands where", () => {
    expect(charge({ ...completion, pieces: [], tokenIds: [7, 8, 9, 10] }, READS).map(({ sample }) => sample)).toEqual([
      undefined,
      undefined,
    ]);
    expect(charge(completion, READS).some((step) => "sample" in step)).toBe(false);
  });
});
