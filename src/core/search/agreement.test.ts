import { describe, expect, it } from "vitest";
import { agreementScores } from "./agreement";

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
