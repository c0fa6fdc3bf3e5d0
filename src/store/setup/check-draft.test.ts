import { describe, expect, it } from "vitest";
import { checkDraft, parseTests } from "./check-draft";
import { formatTests, SAMPLE_DRAFT } from "./custom-draft";

describe("parseTests", () => {
  it("reads a test a line", () => {
    expect(parseTests('[3, 1] -> [1, 3]\n\n"a", 2 -> {"b": null}')).toEqual([
      { input: [[3, 1]], expected: [1, 3] },
      { input: ["a", 2], expected: { b: null } },
    ]);
  });

  it("reads a JSON list", () => {
    const tests = [{ input: [[3, 1]], expected: [1, 3] }];
    expect(parseTests(JSON.stringify(tests))).toEqual(tests);
  });

  it("reads nothing from nothing", () => {
    expect(parseTests("  \n")).toEqual([]);
  });

  it.each([
    ["[3, 1 -> [1]", 'Line 1: "[3, 1" before the arrow is not JSON.'],
    ["[1] -> [1]\n[2] -> two", 'Line 2: "two" after the arrow is not JSON.'],
    ["[1] -> [1] -> [1]", "Line 1 needs one arrow: arguments -> expected value."],
    ["-> [1]", 'Line 1: "" before the arrow is not JSON.'],
    ["{'input': 1}", 'The tests are not JSON: check brackets, commas and double quotes ("like this").'],
    ["{}", 'The tests must be a list: [{"input": [[3, 1]], "expected": [1, 3]}].'],
    ['[{"input": 3, "expected": 3}]', 'Test 1 must look like {"input": [arguments], "expected": value}.'],
  ])("says what is wrong with %j", (text, message) => {
    expect(() => parseTests(text)).toThrow(message);
  });

  it("is undone by formatTests", () => {
    const tests = [
      { input: [[3, -1], "x"], expected: { a: [1, 2] } },
      { input: [[]], expected: 0 },
    ];
    expect(parseTests(formatTests(tests))).toEqual(tests);
  });
});

describe("checkDraft", () => {
  it("accepts the sample", () => {
    expect(checkDraft(SAMPLE_DRAFT, "tiny")).toMatchObject({
      ok: true,
      problem: { source: "custom", entryPoint: "solve" },
    });
  });

  it("leaves the function's name to other models, in either language", () => {
    const draft = { ...SAMPLE_DRAFT, entryPoint: "doubleEvens" };
    expect(checkDraft(draft, "webllm")).toMatchObject({ ok: true });
    expect(checkDraft({ ...draft, language: "python" }, "openai")).toMatchObject({
      ok: true,
      problem: { language: "python", entryPoint: "doubleEvens" },
    });
    expect(checkDraft({ ...draft, language: "python", entryPoint: "$x" }, "openai")).toMatchObject({
      ok: false,
      faults: { entryPoint: "The function needs a Python name, such as solve." },
    });
  });

  it("refuses a function name that the model never writes", () => {
    expect(checkDraft({ ...SAMPLE_DRAFT, entryPoint: "doubleEvens" }, "tiny")).toMatchObject({
      ok: false,
      faults: { entryPoint: expect.stringContaining("Name the function solve.") },
    });
  });

  it("names every field with a fault", () => {
    const checked = checkDraft(
      { title: "", statement: " ", language: "javascript", entryPoint: "2x", visibleTests: "", hiddenTests: "?" },
      "tiny",
    );
    expect(checked.ok ? [] : Object.keys(checked.faults)).toEqual([
      "title",
      "statement",
      "entryPoint",
      "visibleTests",
      "hiddenTests",
    ]);
  });
});
