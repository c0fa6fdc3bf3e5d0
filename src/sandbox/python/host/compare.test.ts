import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../core/problem";
import { sameOutput, sameValue } from "./compare";
import type { Tagged } from "./tagged";

describe("values", () => {
  const big = (2n ** 64n).toString();
  const bigTag: Tagged = { int: (2n ** 64n).toString(16) };

  it.each<[Tagged, JsonValue]>([
    [null, null],
    [1, 1],
    [true, 1],
    [1, true],
    [1, { $float: "1.0" }],
    [0.30000000000000004, 0.3],
    [0.1234567890123456, 0.12345678901234568],
    [2.9999999999999996, 3],
    [3, 2.9999999999999996],
    [1e22, 1.0000000000000002e22],
    [{ int: "-0" }, { $float: "-0.0" }],
    [
      {
        dict: [
          ["1", 2],
          ["2", 1],
        ],
      },
      {
        $dict: [
          ["2", 1],
          ["1", 2],
        ],
      },
    ],
    ["a", "a"],
    [{ tuple: [1, { tuple: [2] }] }, [1, [2]]],
    [[], []],
    [bigTag, { $int: big }],
    [{ int: "-ff" }, -255],
    [bigTag, 2 ** 64],
    [{ dict: [["a", { tuple: [1] }]] }, { a: [1] }],
    [
      {
        OrderedDict: [
          [2, 1],
          [1, 2],
        ],
      },
      { 1: 2, 2: 1 },
    ],
  ])("%j is %j", (got, expected) => {
    expect(sameValue(got, expected)).toBe(true);
  });

  it.each<[Tagged, JsonValue]>([
    [null, false],
    [null, 0],
    ["1", 1],
    [1, "1"],
    [1.0000001, 1],
    [1.00000000000001, 1],
    [0.30000000000000093, 0.3],
    [9007199254740991, 9007199254740990],
    [{ int: "20000000000001" }, { $int: "9007199254740994" }],
    [1e-300, 0],
    ["1.0", { $float: "1.0" }],
    [{ float: "nan" }, null],
    [[1], [1, 2]],
    [[1, 2], [1]],
    [1, [1]],
    [[1], 1],
    [{ set: [1] }, [1]],
    [{ iterator: [1] }, [1]],
    [bigTag, { $int: "18446744073709551617" }],
    [{ dict: [["$int", big]] }, { $int: big }],
    [{ int: "nonsense" }, { $int: big }],
    [[["a", 1]], { a: 1 }],
    [{ dict: [["a", 1]] }, { a: 1, b: 2 }],
    [{ dict: [["toString", 1]] }, { a: 1 }],
    [{ dict: [] }, []],
    [[], {}],
  ])("%j is not %j", (got, expected) => {
    expect(sameValue(got, expected)).toBe(false);
  });
});

describe("outputs", () => {
  it.each([
    ["the very same text", "3\n0\n", "3\n0\n"],
    ["line ends and spaces", "  3 \r\n0\t\n\n\n", "3\n0"],
    ["spaces between words", "a   b", "a b"],
    ["nothing", "", "\n"],
    ["a decimal within 1e-5", "0.333333", "0.33333333"],
    ["a decimal for an integer", "2.0", "2"],
    ["an exponent", "1e-3", "0.001"],
  ])("ignores %s", (_, got, expected) => {
    expect(sameOutput(got, expected)).toBe(true);
  });

  it.each([
    ["another integer, however large", "1000001", "1000000"],
    ["an integer with leading zeros", "007", "7"],
    ["a decimal beyond 1e-5", "0.3333", "0.33333333"],
    ["another order of lines", "1\n2", "2\n1"],
    ["another order of words", "a b", "b a"],
    ["words on one line", "a b", "a\nb"],
    ["a missing word", "a", "a b"],
    ["one word too many", "a b c", "a b"],
    ["no output", "", "1"],
    ["another case", "YES", "Yes"],
    ["what only looks like a number", "nan", "0.0"],
    ["infinity", "inf", "1e999"],
    ["hexadecimal digits", "0x10", "16.0"],
  ])("tells %s", (_, got, expected) => {
    expect(sameOutput(got, expected)).toBe(false);
  });
});
