import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../core/problem";
import { jsonOf, kindOf, parseTagged, type Tagged, tagged } from "./tagged";

const big = "123456789012345678901234567890";

describe("tagged", () => {
  it.each<[JsonValue, string]>([
    [null, "null"],
    [[1, -0.5, "a", true], '[1,-0.5,"a",true]'],
    [{ a: [1], tuple: {} }, '{"dict":[["a",[1]],["tuple",{"dict":[]}]]}'],
    [{ $int: big }, '{"int":"18ee90ff6c373e0ee4e3f0ad2"}'],
    [{ $int: `-${2n ** 53n}` }, '{"int":"-20000000000000"}'],
    [{ $int: "no digits" }, '{"dict":[["$int","no digits"]]}'],
    [{ $float: "-0.0" }, '{"float":"-0.0"}'],
    [1e20, '{"float":"1e+20"}'],
    [1e-7, "1e-7"],
    [
      {
        $dict: [
          ["2", 1],
          ["__proto__", { $float: "1.0" }],
        ],
      },
      '{"dict":[["2",1],["__proto__",{"float":"1.0"}]]}',
    ],
    ["\ud800\n", '"\\ud800\\n"'],
  ])("writes %j", (value, text) => {
    expect(JSON.stringify(tagged(value))).toBe(text);
  });

  it.each<[string, JsonValue]>([
    ["1.0", 1],
    ['{"tuple":[1,{"tuple":[]}]}', [1, []]],
    ['{"int":"18ee90ff6c373e0ee4e3f0ad2"}', { $int: big }],
    ['{"int":"-ff"}', -255],
    ['{"dict":[["a",{"tuple":[]}],[1,2]]}', { a: [], 1: 2 }],
    ['{"Counter":[["__proto__",2]]}', JSON.parse('{"__proto__":2}') as JsonValue],
  ])("%s is JSON", (text, value) => {
    expect(jsonOf(parseTagged(text) as Tagged)).toEqual(value);
  });

  it.each([
    ['{"set":[1]}', "a set"],
    ['{"float":"nan"}', "the float nan"],
    ['{"iterator":[]}', "an iterator"],
    ['{"int":"0x1"}', "an int"],
    ['[1,{"set":[]}]', "a list with items that JSON lacks"],
    ['{"tuple":[{"float":"inf"}]}', "a tuple with items that JSON lacks"],
    ['{"dict":[[{"tuple":[1]},2]]}', "a dict with items that JSON lacks"],
    ['{"dict":[[1]]}', "a dict with items that JSON lacks"],
  ])("%s is none, but %s", (text, kind) => {
    const value = parseTagged(text) as Tagged;
    expect(jsonOf(value)).toBeUndefined();
    expect(kindOf(value)).toBe(kind);
  });

  it.each(["", "nonsense", "{}", '{"a":1,"b":2}', "[".repeat(10_000) + "]".repeat(10_000), "undefined"])(
    "takes no other text for it",
    (text) => {
      expect(parseTagged(text)).toBeUndefined();
    },
  );
});
