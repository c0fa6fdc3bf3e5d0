import { describe, expect, it } from "vitest";
import type { Problem } from "../../problem";
import { completedProgram } from "./program";

const PROBLEM: Problem = {
  id: "humaneval/0",
  title: "Has close elements",
  statement: "Whether two numbers are closer than the threshold.",
  language: "python",
  entryPoint: "has_close",
  visibleTests: [],
  starterCode: "def has_close(numbers: List[float],\n              threshold: float) -> bool:",
};

describe("a program for a problem with a function's head", () => {
  it.each([
    "return False",
    "for a in numbers:\n    if a < threshold:\n        return True\n\nreturn False",
    "if not numbers:\n    return False\nelse:\n    return True",
    "def near(a, b):\n    return a == b\n\nreturn near(*numbers)",
  ])("gets the head back when it is the body alone: %j", (body) => {
    const program = completedProgram(body, PROBLEM);
    expect(program.startsWith(`${PROBLEM.starterCode}\n    `)).toBe(true);
    const lines = program.split("\n").slice(2);
    expect(lines.map((line) => line.slice(4)).join("\n")).toBe(body);
    expect(lines.every((line) => line === "" || line.startsWith("    "))).toBe(true);
  });

  it.each([
    "def has_close(numbers, threshold):\n    return False",
    "from typing import List\n\n\ndef has_close(numbers: List[float], threshold: float) -> bool:\n    return False",
    "has_close = lambda numbers, threshold: False",
    "class Solution:\n    def has_close(self, numbers, threshold):\n        return False",
    "def another(numbers):\n    return False",
    "print(1)",
    "",
  ])("is left alone when it is no body: %j", (code) => {
    expect(completedProgram(code, PROBLEM)).toBe(code);
  });

  it("is left alone where the problem gives no head of its function", () => {
    const { starterCode: _, ...bare } = PROBLEM;
    expect(completedProgram("return 1", bare)).toBe("return 1");
    expect(completedProgram("return 1", { ...PROBLEM, starterCode: "import math" })).toBe("return 1");
    expect(completedProgram("return 1", { ...PROBLEM, language: "javascript" })).toBe("return 1");
    expect(completedProgram("return 1", { ...PROBLEM, entryPoint: null })).toBe("return 1");
  });
});
