import { describe, expect, it } from "vitest";
import { parseReport, verdictOf } from "./verdict";

const program = { code: "line one\nline two\nline three", entryPoint: "solve" };
const test = { input: [1], expected: [1] };
const judge = (text: string) => verdictOf(parseReport(text), test, 5, program);

describe("parseReport", () => {
  it.each([
    ["no JSON", "["],
    ["another type", '{"verdict":"passed"}'],
    ["an unknown word", '["passed"]'],
    ["an inherited word", '["constructor"]'],
    ["a missing part", '["value"]'],
    ["a part too many", '["value",1,2]'],
    ["a part of another type", '["syntax","x","1"]'],
  ])("refuses %s", (_, text) => {
    expect(parseReport(text)).toBeNull();
    expect(judge(text)).toMatchObject({ verdict: "crashed", expected: [1], ms: 5 });
  });
});

describe("verdictOf", () => {
  it("compares values", () => {
    expect(judge('["value",[1]]')).toEqual({ verdict: "passed", expected: [1], got: [1], ms: 5 });
    expect(judge('["value",[2]]')).toEqual({ verdict: "failed", expected: [1], got: [2], ms: 5 });
  });

  it("takes the line of the first frame of the program, if the program has such a line", () => {
    const threw = (line: number) =>
      judge(JSON.stringify(["threw", "E", "m", `E: m\n at f (x.js:9:9)\n at program.js:${line}:1`]));
    expect(threw(2)).toEqual({ verdict: "error", message: "E: m", line: 2, expected: [1], ms: 5 });
    expect(threw(4)).not.toHaveProperty("line");
    expect(threw(0)).not.toHaveProperty("line");
  });

  it("calls a failed allocation memory", () => {
    expect(judge('["threw","RangeError","Array buffer allocation failed",""]')).toMatchObject({ verdict: "memory" });
    expect(judge('["threw","RangeError","Invalid array length",""]')).toMatchObject({ verdict: "error" });
  });
});

describe("a missing entry point", () => {
  const message = (code: string, kind: string) =>
    verdictOf(parseReport(JSON.stringify(["missing", kind])), test, 5, { ...program, code }).message;

  it("comes with the nearest declaration", () => {
    const code = "const helper = 1;\nfunction Solve2(xs) {}\nclass Other {}";
    expect(message(code, "undefined")).toBe("The program defines Solve2, not solve.");
  });

  it("comes with what stands under the name instead", () => {
    expect(message("const solve = {};", "object")).toBe("solve is an object, not a function.");
  });
});
