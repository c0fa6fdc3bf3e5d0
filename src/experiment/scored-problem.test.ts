import { describe, expect, it } from "vitest";
import { scoredProblemOf } from "./scored-problem";
import type { CustomProblem } from "./spec";

const custom: CustomProblem = {
  source: "custom",
  title: "Twice",
  statement: "Double it.",
  entryPoint: "solve",
  language: "javascript",
  visibleTests: [{ input: [2], expected: 4 }],
  hiddenTests: [{ input: [3], expected: 6 }],
};

const noNamed = () => Promise.resolve([]);

describe("scoredProblemOf", () => {
  it("takes a problem of one's own, and keeps its hidden tests apart", async () => {
    const { problem, hiddenTests } = await scoredProblemOf(custom, noNamed);
    expect(hiddenTests).toEqual(custom.hiddenTests);
    expect(problem).not.toHaveProperty("hiddenTests");
  });

  it("refuses a function name that the model never writes", async () => {
    await expect(scoredProblemOf({ ...custom, entryPoint: "doubleEvens" }, noNamed)).rejects.toMatchObject({
      code: "input/entry-point",
      message: 'The tiny model always names its function solve, but this problem calls "doubleEvens".',
      hint: "Name the function solve.",
    });
  });

  it("refuses a puzzle that does not exist", async () => {
    const nowhere = scoredProblemOf({ source: "named", id: "nowhere" }, noNamed);
    await expect(nowhere).rejects.toMatchObject({ code: "input/unknown-problem" });
  });
});
