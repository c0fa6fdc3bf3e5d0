import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  columnsOf,
  exactText,
  JsonError,
  PYTHON_STYLE,
  parseExactJson,
  parseLenientJson,
  plainJson,
  viewOf,
} from "./exact-json";
import { type JsonValue, MAX_JSON_DEPTH } from "./problem";

describe("what comes out of a text", () => {
  it.each<[string, JsonValue]>([
    ["1", 1],
    ["-0", 0],
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", { $int: "9007199254740993" }],
    ["-12345678901234567890", { $int: "-12345678901234567890" }],
    ["1.0", { $float: "1.0" }],
    ["1e3", { $float: "1000.0" }],
    ["2.50", 2.5],
    ["-0.0", { $float: "-0.0" }],
    ["-0.5", -0.5],
    ["1e22", 1e22],
    ['{"b": 1.0, "a": [0.0]}', { b: { $float: "1.0" }, a: [{ $float: "0.0" }] }],
    ['{"5": 2, "6": 1}', { 5: 2, 6: 1 }],
    [
      '{"6": 2, "5": 1}',
      {
        $dict: [
          ["6", 2],
          ["5", 1],
        ],
      },
    ],
    [
      '{"a": 2, "5": 1}',
      {
        $dict: [
          ["a", 2],
          ["5", 1],
        ],
      },
    ],
    ['{"__proto__": 1}', { $dict: [["__proto__", 1]] }],
    [
      '{"\\u0036": 2, "\\u0035": 1}',
      {
        $dict: [
          ["6", 2],
          ["5", 1],
        ],
      },
    ],
    [
      '{"6": 1, "5": 1, "6": 2}',
      {
        $dict: [
          ["6", 2],
          ["5", 1],
        ],
      },
    ],
    ['{"$int": "12345678901234567890"}', { $int: "12345678901234567890" }],
    ['"1.0 -0 \\u00e9 \\" 12345678901234567890"', '1.0 -0 é " 12345678901234567890'],
    ["[]", []],
    [" { } ", {}],
  ])("%s", (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it("is what JSON.parse makes of it, but for the forms", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.boolean(), (json, delicate) => {
        // Beside a 1.0 the whole text is read by the reader.
        const value = parseExactJson(delicate ? `[1.0,${json}]` : `[1,${json}]`);
        expect(JSON.stringify(plainJson(value))).toBe(JSON.stringify([1, JSON.parse(json)]));
      }),
      { numRuns: 300 },
    );
  });

  it("says everything again", () => {
    const text = '{"2":[1.0,-0.0,12345678901234567890,1e+22],"1":{"__proto__":null},"a":"\\"é"}';
    expect(exactText(parseExactJson(text))).toBe(text);
    expect(exactText(parseExactJson('[true,null,{"a":1.0}]'), PYTHON_STYLE)).toBe('[True, None, {"a": 1.0}]');
  });

  it("survives JSON texts of JavaScript", () => {
    const value = parseExactJson('{"2": 1.0, "1": 12345678901234567890, "__proto__": -0.0}');
    expect(exactText(JSON.parse(JSON.stringify(value)) as JsonValue)).toBe(exactText(value));
  });
});

describe("a text that is no JSON", () => {
  it.each([
    ["", 0, true],
    ["[1, 2", 5, true],
    ['{"a": "b', 8, true],
    ['{"a": tru', 9, true],
    ['{"a": tru3}', 9, false],
    ["[1,, 2]", 3, false],
    ["[1,]", 3, false],
    ['{"a": 1,}', 8, false],
    ["{1: 2}", 1, false],
    ["01", 1, false],
    ['"\\x"', 2, false],
    ['"\\u12g4"', 5, false],
    ['"a\nb"', 2, false],
    ["1 2", 2, false],
  ])("%j is wrong from character %i on", (text, at, cutOff) => {
    const thrown = failure(() => parseExactJson(text));
    expect(thrown).toMatchObject({ message: "is not JSON", at, cutOff });
  });

  it("is never taken, and never anything but a JsonError", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'[]{}",:\\u01.eE+-NIaft \n'), maxLength: 24 }), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        try {
          parseExactJson(text);
          expect(isJson).toBe(true);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(JsonError);
          if (isJson) expect((thrown as JsonError).message).toContain("Infinity");
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it("may hold NaN and Infinity, for who can bear them", () => {
    for (const text of ['{"id": "a", "x": NaN}', "[-Infinity]", "[1e999]"]) {
      expect(failure(() => parseExactJson(text)).message).toBe("holds NaN or Infinity, which is not JSON");
      expect(parseLenientJson(text).isFinite).toBe(false);
    }
    expect(columnsOf(parseLenientJson('{"id": "a", "x": NaN}').value)).toMatchObject({ id: "a", x: Number.NaN });
    expect(parseLenientJson('["NaN"]').isFinite).toBe(true);
  });

  it("or is too deep, or very long, without harm", () => {
    for (const depth of [MAX_JSON_DEPTH + 2, 500_000]) {
      for (const inner of ["", "1.0"]) {
        const text = "[".repeat(depth) + inner + "]".repeat(depth);
        expect(failure(() => parseExactJson(text)).message).toBe("is nested too deeply");
      }
    }
    const long = `["${"\\u0041é\\\\".repeat(200_000)}",1.0]`;
    expect((parseExactJson(long) as JsonValue[])[1]).toEqual({ $float: "1.0" });
  });
});

it("a value that only resembles a form is what it is", () => {
  for (const value of [{ $int: "x" }, { $float: "1.5" }, { $float: 1 }, { $dict: [["a"]] }, { $dict: [], a: 1 }]) {
    expect(viewOf(value as JsonValue)).toEqual({ kind: "object", entries: Object.entries(value) });
  }
});

it("the columns of a row are plain numbers, what is in them is not", () => {
  expect(columnsOf(parseExactJson('{"2": [1.0], "timeLimitMs": 1000.0, "1": 3}'))).toEqual({
    1: 3,
    2: [{ $float: "1.0" }],
    timeLimitMs: 1000,
  });
  expect(columnsOf([1])).toBeNull();
});

function failure(call: () => unknown): JsonError {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof JsonError) return thrown;
    throw thrown;
  }
  throw new Error("It was taken");
}
