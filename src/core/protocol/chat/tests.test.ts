import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemOf } from "../../../testing/problem";
import type { JsonValue, Problem, TestCase } from "../../problem";
import { renderTest } from "./ask";
import { literal, readLiteral } from "./literal";
import { readTests } from "./tests";

const python = problemOf({
  statement: "Something.",
  language: "python",
  entryPoint: "f",
  visibleTests: [{ assertion: "assert f([1, 2], 2) == 3" }],
});

const one: Problem = { ...python, visibleTests: [] };

const javascript: Problem = { ...python, language: "javascript", visibleTests: [] };

const whole: Problem = { ...python, entryPoint: null, visibleTests: [{ stdin: "1\n", stdout: "1\n" }] };

const call = (input: readonly JsonValue[], expected: JsonValue): TestCase => ({ input, expected });

const read = (text: string, problem: Problem = one, limit = 20) => readTests([text], problem, limit);

interface Case {
  readonly name: string;
  readonly problem: Problem;
  readonly text: string;
  readonly tests: readonly TestCase[];
}

const CASES: readonly Case[] = [
  {
    name: "assertions in a fence, with prose, comments and a message",
    problem: one,
    text: "Here are the tests:\n```python\n# ordinary\nassert f([4], 1) == 4  # one\nassert f([], 0) == None, 'empty'\n```\nThese don't cover all.\n### END",
    tests: [call([[4], 1], 4), call([[], 0], null)],
  },
  {
    name: "numbered, bulleted and in backticks",
    problem: one,
    text: "1. assert f(1) == 1\n2) `assert f(2) == 2`\n- assert f(3) == 3\n`f(4) == 4`",
    tests: [call([1], 1), call([2], 2), call([3], 3), call([4], 4)],
  },
  {
    name: "the wrong function, and the wrong number of arguments",
    problem: python,
    text: "assert g([3], 1) == 3\nassert f([3]) == 3\nassert f([3], 1, 2) == 3\nassert f([3], 1) == 3",
    tests: [call([[3], 1], 3)],
  },
  {
    name: "a visible test again, with other blanks, and one twice",
    problem: python,
    text: "assert f([1,2],2)==3\nassert f([5], 1) == 5\nassert f( [5],1 ) == 5",
    tests: [call([[5], 1], 5)],
  },
  {
    name: "values that JSON cannot hold stay Python",
    problem: one,
    text: "assert f((1, 2)) == {3}\nassert f(2.0) == 4\nassert f(b'x') is None\nassert f({1: 2}) == 3",
    tests: [
      { assertion: "assert f((1, 2)) == {3}" },
      { assertion: "assert f(2.0) == 4" },
      { assertion: "assert f(b'x') is None" },
      { assertion: "assert f({1: 2}) == 3" },
    ],
  },
  {
    name: "assertions that are no equations",
    problem: one,
    text: "assert f(3)\nassert not f(4)\nassert abs(f(5) - 0.5) < 1e-6\nassert sorted(f(6)) == [1, 2]\nassert (f(7) == 8)",
    tests: [
      { assertion: "assert f(3)" },
      { assertion: "assert not f(4)" },
      { assertion: "assert abs(f(5) - 0.5) < 1e-6" },
      { assertion: "assert sorted(f(6)) == [1, 2]" },
      call([7], 8),
    ],
  },
  {
    name: "assertions that want more than they need",
    problem: one,
    text: [
      "assert f(__import__('os').getpid()) == 1",
      "assert f(1) == open('x').read()",
      "assert f(().__class__) == 1",
      "assert f(1..__class__) == 1",
      'assert f(f"{1}") == 1',
      "assert f(ｅval('1')) == 1",
      "assert f(1) == 1; import os",
      "assert f(x) == 1",
      "assert f((lambda: 1)()) == 1",
      "assert f([y for y in (1,)]) == 1",
    ].join("\n"),
    tests: [],
  },
  {
    name: "strings with brackets, quotes and hashes",
    problem: one,
    text: String.raw`assert f("(]#'", 'a\n\'b\'') == "\u00e9\x41"`,
    tests: [call(["(]#'", "a\n'b'"], "éA")],
  },
  {
    name: "an assertion over several lines",
    problem: one,
    text: "assert f(\n    [1,\n     2],\n) == [\n    3]\nassert f(1) == 2",
    tests: [call([[1, 2]], [3]), call([1], 2)],
  },
  {
    name: "a bracket that prose leaves open",
    problem: one,
    text: "Tests (edge cases first:\nassert f(1) == 2\nf(2) == 3",
    tests: [call([1], 2), call([2], 3)],
  },
  {
    name: "doctests and printed calls with a comment",
    problem: one,
    text: ">>> f(1)\n2\n>>> f(2)\n'x'\nprint(f(3))  # 4\nf(5)  # returns 6\nf(6)",
    tests: [call([1], 2), call([2], "x"), call([3], 4), call([5], 6)],
  },
  {
    name: "words of a test library",
    problem: one,
    text: "self.assertEqual(f(1), 2)\nassertEqual(f(2), (3, 4))",
    tests: [call([1], 2), { assertion: "assert f(2) == (3, 4)" }],
  },
  {
    name: "records, one a line and in a list",
    problem: one,
    text: '{"input": [1], "output": 2}\n[{"inputs": [2], "expected": true},\n {"args": [3], "result": null}]',
    tests: [call([1], 2), call([2], true), call([3], null)],
  },
  {
    name: "a program around the tests",
    problem: one,
    text: "```python\ndef f(x):\n    if f(x - 1) == 2:\n        return f(1) == 2\n    return x\n\nassert f(9) == 9\n```",
    tests: [call([9], 9)],
  },
  {
    name: "integers that a JSON number cannot hold",
    problem: one,
    text: "assert f(12345678901234567890) == -0\nassert f(1_000) == 0x10",
    tests: [call([{ $int: "12345678901234567890" }], 0), call([1000], 16)],
  },
  {
    name: "cut in the middle, thoughts, chat tokens",
    problem: one,
    text: "<think>assert f(7) == 7</think>\nassert f(1) == 2<|im_end|>\nassert f(2) == 3",
    tests: [call([1], 2)],
  },
  {
    name: "a line that the limit cut",
    problem: one,
    text: "assert f(1) == 2\nassert f([3, 4",
    tests: [call([1], 2)],
  },
  {
    name: "labels before and notes behind",
    problem: python,
    text: "Test 1: assert f([3], 1) == 3\n**Test case 2:** `assert f([4], 1) == 4`  (ordinary)\na) assert f([5], 1) == 5 - one of them\n(2) assert f([6], 1) == 6 -> six\n- Example 3. `f([7], 1)` returns `7`\n* f([8], 1) should return 8 (the only one)",
    tests: [3, 4, 5, 6, 7, 8].map((n) => call([[n], 1], n)),
  },
  {
    name: "arithmetic behind a comparator is no note",
    problem: one,
    text: 'assert f(1) == 10 - len("abc")\nassert f(2) == (1, 2) (a pair)\nassert f("(x) - so what") == 3',
    tests: [
      { assertion: 'assert f(1) == 10 - len("abc")' },
      { assertion: "assert f(2) == (1, 2)" },
      call(["(x) - so what"], 3),
    ],
  },
  {
    name: "several on one line",
    problem: one,
    text: "assert f(1) == 1; assert f(2) == 2\nassert f(3) == 3, assert f(4) == 4\nassert f(5) == 'assert f(0) == 0' assert f(6) == 6",
    tests: [call([1], 1), call([2], 2), call([3], 3), call([4], 4), call([5], "assert f(0) == 0"), call([6], 6)],
  },
  {
    name: "named arguments",
    problem: python,
    text: "assert f(xs=[3], n=1) == 3\nassert f([4], n = 1) == 4\nassert f(xs=[5], n=(1 == 2)) == 5\nassert sorted(f(xs=[6], n=1)) == [6]",
    tests: [call([[3], 1], 3), call([[4], 1], 4), { assertion: "assert sorted(f([6], 1)) == [6]" }],
  },
  {
    name: "results behind other signs",
    problem: one,
    text: "f(1) = 2\nf(2): 3\nf(3) gives 4\nf(4) equals (5, 6)\nassert f(5) != 6\nassert f(6) <= 7\nprint(f(7))  # -> 8",
    tests: [
      call([1], 2),
      call([2], 3),
      call([3], 4),
      { assertion: "assert f(4) == (5, 6)" },
      { assertion: "assert f(5) != 6" },
      { assertion: "assert f(6) <= 7" },
      call([7], 8),
    ],
  },
  {
    name: "arguments of other kinds than the visible tests have, before any is counted",
    problem: python,
    text: "assert f('a', 1) == 1\nassert f([1], '2') == 3\nassert f(-1, 2) == 3\nassert f([], -1.5) == 0\nassert f(list((1,)), 2) == 1",
    tests: [call([[], -1.5], 0), { assertion: "assert f(list((1,)), 2) == 1" }],
  },
  { name: "nothing", problem: one, text: "", tests: [] },
  { name: "a refusal", problem: one, text: "I can't write tests for f(x), sorry.", tests: [] },
  {
    name: "JavaScript in many forms",
    problem: javascript,
    text: "f([1], 'a') returns [2]\nf(1) === 2;\nconsole.assert(f(2) === 3);\nassert.deepStrictEqual(f(3), {a: 1, 'b': [null]});\nexpect(f(4)).toEqual(5);\nconsole.log(f(5)); // 6\nf(6) => 7 // why\nassert f(7) == 8\nf(undefined) returns 1",
    tests: [
      call([[1], "a"], [2]),
      call([1], 2),
      call([2], 3),
      call([3], { a: 1, b: [null] }),
      call([4], 5),
      call([5], 6),
      call([6], 7),
      call([7], 8),
    ],
  },
  {
    name: "runs in fences",
    problem: whole,
    text: "Test case 1\nInput:\n```\n2\n1 2\n```\nOutput:\n```\n3\n```\n\n**Input:**\n```\n0\n```\n**Expected Output:**\n```\n0\n```\n### END",
    tests: [
      { stdin: "2\n1 2\n", stdout: "3\n" },
      { stdin: "0\n", stdout: "0\n" },
    ],
  },
  {
    name: "runs without fences",
    problem: whole,
    text: "### Case 1\nInput:\n5\n\n1 2\nOutput:\n3\n\nBecause 1 + 2 is 3.\n\n### Case 2\nInput: 7\nOutput: 8\n---\nSample Input 3:\n9\nSample Output 3:\n10\nExplanation: one more.",
    tests: [
      { stdin: "5\n\n1 2\n", stdout: "3\n" },
      { stdin: "7\n", stdout: "8\n" },
      { stdin: "9\n", stdout: "10\n" },
    ],
  },
  {
    name: "runs in the reference repository's form",
    problem: whole,
    text: "```case\n# input:\n4\n# output:\nYES\n```\n```case\n# input:\n5\n# output:\nNO\n```",
    tests: [
      { stdin: "4\n", stdout: "YES\n" },
      { stdin: "5\n", stdout: "NO\n" },
    ],
  },
  {
    name: "runs that lack a half, print nothing, or are visible",
    problem: whole,
    text: "Input:\n3\nInput:\n4\nOutput:\n5\nOutput:\n6\nInput:\n7\nOutput:\n\nInput:\n1 \nOutput:\n1",
    tests: [{ stdin: "4\n", stdout: "5\n" }],
  },
];

describe("tests in a model's answer", () => {
  it.each(CASES.map((each): [string, Case] => [each.name, each]))("%s", (_, { problem, text, tests }) => {
    expect(read(text, problem)).toEqual(tests);
  });

  it("keep to the limit", () => {
    expect(read("assert f(1) == 1\nassert f(2) == 2\nassert f(3) == 3", one, 2)).toHaveLength(2);
    const odd = "assert f(1) == 1\nassert f('2', 1) == 2\n";
    expect(read(`${odd}assert f([3], 3) == 3`, python, 1)).toEqual([call([[3], 3], 3)]);
  });

  it("stand for the commonest result where answers differ, and for the first among equals", () => {
    const answers = ["assert f(1) == 5\nassert f(2) == 1", "assert f(1) == 6", "assert f(1) == 6\nassert f(2) == 2"];
    expect(readTests(answers, one, 9)).toEqual([call([1], 6), call([2], 1)]);
  });

  it("come from any text without a throw", () => {
    const scraps = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            "assert ",
            "f(",
            ")",
            "[",
            "]",
            "==",
            '"',
            "'''",
            "\\",
            "\n",
            "#",
            ",",
            "Input:\n",
            "Output:\n",
            "```\n",
            "{",
            "1",
          ),
          fc.string({ maxLength: 4 }),
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(fc.string(), scraps), fc.constantFrom(one, python, javascript, whole), (text, problem) => {
        expect(Array.isArray(read(text, problem))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Values that both languages and JSON hold alike. */
const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Number.isInteger(x)),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z_]{1,4}$/), tie("value"), { maxKeys: 3 }).map((entries) => ({ ...entries })),
  ),
})).value;

describe("literals", () => {
  it.each(["python", "javascript"] as const)("come back as they were written in %s", (language) => {
    fc.assert(
      fc.property(json, (value) => {
        expect(readLiteral(literal(value, language), language)).toEqual(value);
      }),
    );
  });

  it("and so do the calls that hold them", () => {
    fc.assert(
      fc.property(
        fc.array(json, { maxLength: 3 }),
        json,
        fc.constantFrom(one, javascript),
        (input, expected, problem) => {
          expect(read(renderTest({ input, expected }, problem), problem)).toEqual([{ input, expected }]);
        },
      ),
    );
  });

  it.each([
    "(1, 2)",
    "{1}",
    "2.0",
    "1e3",
    "007",
    "x",
    "f()",
    "1 +",
    "[1",
    '"a" "b"',
    "{1: 2}",
    '{"1": 2}',
    '{"__proto__": 1}',
    "'\\ud800'",
    "b'x'",
    "nan",
    "",
    "[,]",
  ])("%s is none that JSON can hold", (source) => {
    expect(readLiteral(source, "python")).toBeUndefined();
  });

  it("a nest without end is none either", () => {
    expect(readLiteral("[".repeat(100_000), "python")).toBeUndefined();
  });
});
