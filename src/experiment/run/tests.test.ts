import { describe, expect, it } from "vitest";
import type { Problem, TestCase } from "../../core/problem";
import { problemOf } from "../../testing/problem";
import { usableTests } from "./tests";

const CALLS = problemOf({
  statement: "S",
  language: "python",
  visibleTests: [{ input: [[1, 2]], expected: 3 }],
});

const ASSERTIONS: Problem = { ...CALLS, visibleTests: [{ assertion: "assert solve([1, 2]) == 3" }] };

const PROGRAM: Problem = { ...CALLS, entryPoint: null, visibleTests: [{ stdin: "1 2\n", stdout: "3\n" }] };

const call = (input: readonly (number | readonly number[])[], expected: number | string): TestCase => ({
  input,
  expected,
});

describe("generated calls", () => {
  it("are kept when they look like the visible ones and are new", () => {
    const good = call([[4, 5]], 9);
    const tests = [good, call([[4, 5]], 8), call([[1, 2]], 4), call([4], 4), call([[4], 1], 5), call([[6]], "6")];
    expect(usableTests(CALLS, tests)).toEqual([good]);
  });

  it("may have any shape beside assertions, and none for a whole program", () => {
    expect(usableTests(ASSERTIONS, [call([4], 4)])).toEqual([call([4], 4)]);
    expect(usableTests(PROGRAM, [call([4], 4)])).toEqual([]);
  });
});

describe("generated assertions", () => {
  it("are about the function, new but for white space, and in Python", () => {
    const good = { assertion: "assert solve([3]) == 3" };
    const tests = [
      good,
      { assertion: "assert solve([3])==3" },
      { assertion: "assert  solve([1,2]) == 3" },
      { assertion: "assert other([1]) == 1" },
      { assertion: "print(solve([1]))" },
    ];
    expect(usableTests(ASSERTIONS, tests)).toEqual([good]);
    expect(usableTests({ ...ASSERTIONS, language: "javascript" }, [good])).toEqual([]);
    expect(usableTests(PROGRAM, [good])).toEqual([]);
  });
});

describe("generated runs of a program", () => {
  it("are kept for a whole program, an input once", () => {
    const good = { stdin: "2 2", stdout: "4" };
    const tests = [good, { stdin: "2 2\n", stdout: "5" }, { stdin: "1 2", stdout: "3" }];
    expect(usableTests(PROGRAM, tests)).toEqual([good]);
    expect(usableTests(CALLS, [good])).toEqual([]);
  });
});
