import { describe, expect, it } from "vitest";
import type { Outcome, TestVerdict } from "../verdict";
import { agreementScores, drawAllowance, explorationAt, puct, siblingPriors, uct } from "./formulas";
import { generatedPassShare, rewardOf } from "./reward";

const child = (visitCount: number, valueSum: number, prior = 0) => ({ visitCount, valueSum, prior });

const verdict = (kind: TestVerdict["kind"], outcome: Outcome): TestVerdict => ({
  kind,
  index: 0,
  verdict: outcome,
  expected: 1,
  ms: 1,
});

describe("UCT", () => {
  it("is Q + c sqrt(ln N(parent) / N)", () => {
    // Q = 1.5 / 3 = 0.5; ln 10 = 2.302585; / 3 = 0.767528; sqrt = 0.876087; * 2 = 1.752174
    expect(uct(child(3, 1.5), 10, 2)).toBeCloseTo(2.252174, 6);
  });
  it("is Q alone when c = 0 or the parent was visited once", () => {
    expect(uct(child(4, 3), 100, 0)).toBe(0.75);
    expect(uct(child(1, 0.25), 1, 2)).toBe(0.25);
    expect(uct(child(1, 0.25), 0, 2)).toBe(0.25);
  });
  it("puts an unvisited child before everything", () => {
    expect(uct(child(0, 0), 10, 2)).toBe(Number.POSITIVE_INFINITY);
    expect(uct(child(0, 0), 0, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("PUCT", () => {
  it("is Q + c P sqrt(N(parent)) / (1 + N)", () => {
    // Q = 0.5; 1.5 * 0.4 * sqrt(9) / (1 + 2) = 0.6
    expect(puct(child(2, 1, 0.4), 9, 1.5)).toBeCloseTo(1.1, 12);
  });
  it("counts an unvisited child with Q = 0", () => {
    expect(puct(child(0, 0, 0.25), 16, 2)).toBe(2);
    expect(puct(child(0, 0, 0.25), 0, 2)).toBe(0.5);
  });
});

describe("exploration schedules", () => {
  it.each([
    ["const", 0, 2],
    ["const", 9, 2],
    ["lin", 0, 2],
    ["lin", 5, 1.1],
    ["lin", 10, 0.2],
    ["exp", 0, 2],
    ["exp", 5, 0.632456],
    ["exp", 10, 0.2],
  ] as const)("%s at %i of 10", (schedule, simulation, c) => {
    expect(explorationAt(schedule, 2, simulation, 10)).toBeCloseTo(c, 6);
  });
});

describe("progressive widening", () => {
  it.each([
    [3, 0, 0, 3],
    [3, 0, 100, 3],
    [3, 0.5, 0, 3],
    [3, 0.5, 1, 3],
    [3, 0.5, 2, 5],
    [3, 0.5, 4, 6],
    [3, 0.5, 5, 7],
    [1, 1, 7, 7],
    [2, 0.5, 64, 16],
  ])("%i samples, exponent %f, N = %i", (samplesPerExpansion, widening, visits, allowed) => {
    expect(drawAllowance(visits, { samplesPerExpansion, widening })).toBe(allowed);
  });
});

describe("priors", () => {
  it("are shares of count * exp(logProb / tokens)", () => {
    // exp(-1) = 0.367879, exp(-0.5) = 0.606531 twice
    const [a, b] = siblingPriors([
      { logProb: -4, tokens: 4, count: 1 },
      { logProb: -1, tokens: 2, count: 2 },
    ]);
    expect(a).toBeCloseTo(0.367879 / (0.367879 + 2 * 0.606531), 6);
    expect((a ?? 0) + (b ?? 0)).toBeCloseTo(1, 12);
  });

  it("of a step that is not known are those of its siblings on average; equal where none is known", () => {
    const untold = { logProb: null, tokens: 3, count: 2 };
    const told = [
      { logProb: -4, tokens: 4, count: 1 },
      { logProb: -2, tokens: 1, count: 3 },
    ];
    const mean = (Math.exp(-1) + 3 * Math.exp(-2)) / 4;
    const total = 4 * mean + 2 * mean;
    expect(siblingPriors([...told, untold])[2]).toBeCloseTo((2 * mean) / total, 12);
    expect(siblingPriors([untold, { ...untold, count: 1 }])).toEqual([2 / 3, 1 / 3]);
  });

  it("are 0 for dead ends, also when there is nothing else", () => {
    const dead = { logProb: 0, tokens: 0, count: 1, deadEnd: "length" as const };
    expect(siblingPriors([dead, { logProb: -1, tokens: 1, count: 1 }])).toEqual([0, 1]);
    expect(siblingPriors([dead])).toEqual([0]);
  });
});

describe("the terminal reward", () => {
  const verdicts = [verdict("visible", "passed"), verdict("visible", "failed"), verdict("generated", "failed")];
  it("is a compile + (1 - a) pass over the given tests", () => {
    expect(rewardOf(verdicts, 0)).toEqual({ reward: 0.5, compile: 1, pass: 0.5 });
    expect(rewardOf(verdicts, 0.25)).toEqual({ reward: 0.625, compile: 1, pass: 0.5 });
  });
  it("is nothing for a program that does not parse or defines no entry point", () => {
    expect(rewardOf([verdict("visible", "syntax-error")], 0.5)).toEqual({ reward: 0, compile: 0, pass: 0 });
    expect(rewardOf([verdict("visible", "missing-entry-point")], 0.5)).toEqual({ reward: 0, compile: 0, pass: 0 });
  });
  it("counts a crash at run time as compiled", () => {
    expect(rewardOf([verdict("visible", "timeout")], 0.5)).toEqual({ reward: 0.5, compile: 1, pass: 0 });
  });
  it("falls back on generated tests only when there are no others", () => {
    expect(rewardOf([verdict("generated", "passed"), verdict("generated", "failed")], 0).pass).toBe(0.5);
    expect(rewardOf([], 0.5)).toEqual({ reward: 0, compile: 0, pass: 0 });
  });
  it("keeps generated tests for ties", () => {
    expect(generatedPassShare(verdicts)).toBe(0);
    expect(generatedPassShare([...verdicts, verdict("generated", "passed")])).toBe(0.5);
    expect(generatedPassShare([])).toBe(0);
  });
});

const program = (passes: string, draws = 1) => ({ passes: [...passes].map((c) => c === "1"), draws });

describe("dual execution agreement", () => {
  it("is programs times tests, for those that pass exactly the same tests", () => {
    // {a, b} pass tests 1 and 2: 2 x 2. c passes three alone: 1 x 3. d passes the first: 1 x 1. e passes none: 1 x 0.
    const scores = agreementScores([program("110"), program("110"), program("111"), program("100"), program("000")]);
    expect(scores).toEqual([4, 4, 3, 1, 0]);
  });

  it("counts a program as often as it was drawn", () => {
    // One text drawn 3 times and another that passes the same two tests: 4 x 2, against 1 x 3.
    expect(agreementScores([program("011", 3), program("111"), program("011")])).toEqual([8, 3, 8]);
  });

  it("tells sets of equal size apart", () => {
    expect(agreementScores([program("10"), program("01", 2)])).toEqual([1, 2]);
  });

  it("says nothing without tests, or without programs", () => {
    expect(agreementScores([program("", 5), program("")])).toEqual([0, 0]);
    expect(agreementScores([])).toEqual([]);
  });
});
