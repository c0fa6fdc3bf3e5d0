import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../core/problem";
import { sameJson } from "./compare";

describe("sameJson", () => {
  it.each<[string, JsonValue, JsonValue]>([
    ["-0 and 0", -0, 0],
    ["0 and -0 inside a list", [0], [-0]],
    ["keys in another order", { a: 1, b: [2] }, { b: [2], a: 1 }],
    [
      "own keys named like inherited ones",
      JSON.parse('{"__proto__": 1, "length": 2}'),
      { ["__proto__"]: 1, length: 2 },
    ],
    ["null", null, null],
  ])("holds for %s", (_, a, b) => {
    expect(sameJson(a, b)).toBe(true);
    expect(sameJson(b, a)).toBe(true);
  });

  it.each<[string, JsonValue, JsonValue]>([
    ["a number and its text", 1, "1"],
    ["0 and false", 0, false],
    ["null and an empty object", null, {}],
    ["a list and an object with its keys", ["x"], { 0: "x" }],
    ["an empty list and an empty object", [], {}],
    ["a list and a longer one", [1], [1, 2]],
    ["an order of items", [1, 2], [2, 1]],
    ["an object and one with another key", { a: 1 }, { b: 1 }],
    ["an object and one with a further key", { a: 1 }, { a: 1, b: 2 }],
    ["an inherited key", { toString: 1 }, { a: 1 }],
    ["floats that are nearly equal", 0.1 + 0.2, 0.3],
    ["integers beyond 2^53 that differ as numbers", 2 ** 53, 2 ** 53 + 2],
    ["NaN, which is no JSON value, and itself", Number.NaN, Number.NaN],
  ])("does not hold for %s", (_, a, b) => {
    expect(sameJson(a, b)).toBe(false);
    expect(sameJson(b, a)).toBe(false);
  });

  it("agrees with a JSON round trip of any value", () => {
    const value = fc.jsonValue() as fc.Arbitrary<JsonValue>;
    fc.assert(fc.property(value, (a) => sameJson(a, JSON.parse(JSON.stringify(a)))));
    fc.assert(fc.property(value, (a) => !sameJson(a, [a])));
  });
});
