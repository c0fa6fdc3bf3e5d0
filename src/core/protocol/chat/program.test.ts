import { describe, expect, it } from "vitest";
import type { Problem } from "../../problem";
import { completedProgram } from "./program";
import { withoutSelfTests } from "./self-tests";

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

describe("a program that tests call", () => {
  const F = "def f(x):\n    return x + 1";

  it.each([
    ["prints", `${F}\n\nprint(f(1))\nprint("f", f(2))  # 3`, F],
    ["assertions", `${F}\n\n# Tests\nassert f(1) == 2\nassert f(\n    2\n) == 3, "three"`, `${F}\n\n# Tests`],
    ["a main block", `${F}\n\nif __name__ == "__main__":\n    print(f(int(input())))\nelse:\n    pass`, F],
    ["what is read, and what depends on it", `n = int(input())\n${F}\nm = n + 1\ntotal = m * 2`, F],
    ["an example call and its result", `${F}\nresult = f(1)\nif result == 2:\n    ok = result`, F],
    ["loops that show", `${F}\nfor case in [1, 2]:\n    print(case, f(case))`, F],
    [
      "its own test function's call",
      `${F}\n\ndef test():\n    assert f(1) == 2\n\ntest()`,
      `${F}\n\ndef test():\n    assert f(1) == 2\n`,
    ],
  ])("loses %s", (_, code, rest) => {
    expect(withoutSelfTests(code, "f", "python").trim()).toBe(rest.trim());
  });

  it.each([
    `import sys\nsys.setrecursionlimit(10**6)\nLIMIT = 10\nsieve = [True] * LIMIT\nfor i in range(LIMIT):\n    sieve[i] = False\n${F}`,
    "from functools import lru_cache\n\n@lru_cache(None)\ndef f(x):\n    print(x)\n    return input()\n\nf = lru_cache(None)(f)",
    "f = lambda x: print(x)",
    `text = """\nprint(1)\nassert False\n"""\n${F}`,
    "def g(x):\n    return x\n\nprint(g(1))",
    "class f:\n    def __init__(self):\n        assert True",
    "x = int(input())\nprint(x)",
    "",
  ])("keeps the rest, and is left alone where it defines something else: %j", (code) => {
    expect(withoutSelfTests(code, "f", "python")).toBe(code);
  });

  it("loses the same in JavaScript", () => {
    const program = "const LIMIT = 3;\nfunction f(x) {\n  console.log(x);\n  return x;\n}";
    const shown =
      'console.log(f(1));\nconst y = f(2);\n[1, 2].forEach((x) => {\n  console.log(f(x));\n});\nconsole.assert(y === 2, "two");';
    expect(withoutSelfTests(`${program}\n\n${shown}`, "f", "javascript").trim()).toBe(program);
  });
});
