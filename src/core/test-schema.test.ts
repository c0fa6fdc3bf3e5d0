import { expect, it } from "vitest";
import { isJsonValue, MAX_JSON_DEPTH } from "./problem";
import { callTestSchema, strictTestSchema, testSchema } from "./test-schema";

const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));

it("takes JSON values of any depth that can be walked, and refuses deeper ones without an overflow", () => {
  for (const value of [null, "", 0, -1.5, [], {}, [1, { a: [null] }], Object.create(null), nested(MAX_JSON_DEPTH)]) {
    expect(isJsonValue(value)).toBe(true);
  }
  for (const value of [undefined, Number.NaN, [undefined], { a: () => 1 }, new Date(0), 1n, nested(200_000)]) {
    expect(isJsonValue(value)).toBe(false);
  }
  expect(testSchema.safeParse({ input: [], expected: nested(200_000) }).success).toBe(false);
});

it("keeps a value as it is, whatever its keys are called", () => {
  const test: unknown = JSON.parse('{"input": [{"__proto__": 1}], "expected": {"constructor": 2}}');
  for (const schema of [testSchema, strictTestSchema, callTestSchema]) {
    expect(JSON.stringify(schema.parse(test))).toBe(JSON.stringify(test));
  }
});

it("takes a null for a column that is not there, but for what a call returns", () => {
  for (const schema of [testSchema, strictTestSchema]) {
    expect(schema.parse({ input: [null], expected: null, assertion: null, setup: null, stdin: null })).toEqual({
      input: [null],
      expected: null,
    });
    expect(schema.parse({ input: null, expected: null, assertion: "assert f()", setup: null })).toEqual({
      assertion: "assert f()",
    });
    expect(schema.parse({ input: null, expected: null, stdin: "", stdout: "1" })).toEqual({ stdin: "", stdout: "1" });
    expect(schema.safeParse({ input: null, expected: null }).success).toBe(false);
  }
});

it("leaves out what does not belong to a test, or refuses it", () => {
  for (const test of [
    { input: [1], expected: 2 },
    { stdin: "", stdout: "" },
    { assertion: "assert f()", setup: "" },
  ]) {
    expect(testSchema.parse({ ...test, note: "?" })).toEqual(test);
    expect(strictTestSchema.parse(test)).toEqual(test);
    expect(strictTestSchema.safeParse({ ...test, note: "?" }).success).toBe(false);
  }
});
