import { expect, it } from "vitest";
import type { JsonValue } from "../../../core/problem";
import { sameValue } from "./same-value";
import type { Tagged } from "./tagged";

const big = (2n ** 64n).toString();
const bigTag: Tagged = { int: (2n ** 64n).toString(16) };

it.each<[Tagged, JsonValue]>([
  [null, null],
  [1, 1],
  [true, 1],
  [1, true],
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
