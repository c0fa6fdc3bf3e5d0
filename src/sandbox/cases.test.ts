import { expect, it } from "vitest";
import { LabError } from "../core/errors";
import { isCallTest, type JsonValue } from "../core/problem";
import type { CodeRunner, JudgeRequest } from "../ports/code-runner";
import { type JudgedRow, judgeCases } from "./cases";

/** Takes the program for the text of the answer. */
const runner: CodeRunner = {
  async judge({ code, entryPoint, tests }) {
    if (entryPoint === "1") throw new LabError("input/entry-point", '"1" is not the name of a function.');
    return tests.filter(isCallTest).map(({ expected }) => {
      const got = JSON.parse(code) as JsonValue;
      return { verdict: got === expected ? "passed" : "failed", expected, got, ms: 0 } as const;
    });
  },
};
const row = (id: string, code: string) => ({ id, code, entryPoint: "f", tests: [{ input: [], expected: 1 }] });

it("judges every row and sums up", async () => {
  const seen: [number, JudgedRow][] = [];
  const rows = [row("a", "1"), row("b", "2")];
  const judged = await judgeCases(runner, rows, { onRow: (one, index) => seen.push([index, one]) });
  expect(judged).toEqual({
    rows: [
      { id: "a", verdicts: [{ verdict: "passed", expected: 1, got: 1, ms: 0 }] },
      { id: "b", verdicts: [{ verdict: "failed", expected: 1, got: 2, ms: 0 }] },
    ],
    totals: { rows: 2, solved: 1, errors: 0, tests: 2, verdicts: { passed: 1, failed: 1 } },
  });
  expect(seen).toEqual(judged.rows.map((one, index) => [index, one]));
});

it.each([
  ["no object", 3, null, "A row must be an object with id, code, entryPoint and tests."],
  ["no id", { ...row("a", "1"), id: undefined }, null, "id must be a text or a number."],
  ["no code", { ...row("a", "1"), code: 1 }, "a", "code must be a text."],
  ["no entry point", { ...row("a", "1"), entryPoint: "" }, "a", "entryPoint must be the name of a function."],
  ["an entry point that is no name", { ...row("a", "1"), entryPoint: "1" }, "a", '"1" is not the name of a function.'],
  ["no tests", { ...row("a", "1"), tests: [] }, "a", "tests must be a list with at least one test."],
  [
    "an input that is no list",
    { ...row("a", "1"), tests: [{ input: 1, expected: 1 }] },
    "a",
    "tests.0.input must be a list of arguments.",
  ],
  [
    "a test that is no object",
    { ...row("a", "1"), tests: [1] },
    "a",
    "tests.0 must be a test: {input, expected}, {stdin, stdout} or {assertion, setup?}.",
  ],
  ["no stdout", { ...row("a", "1"), tests: [{ stdin: "" }] }, "a", "tests.0.stdout must be a text."],
  [
    "an assertion that is no text",
    { ...row("a", "1"), tests: [{ assertion: "assert f()" }, { assertion: 1 }] },
    "a",
    "tests.1.assertion must be a text.",
  ],
  ["a preamble that is no text", { ...row("a", "1"), preamble: 1 }, "a", "preamble must be a text."],
  ["nothing expected", { ...row("a", "1"), tests: [{ input: [] }] }, "a", "tests.0.expected must be a JSON value."],
])("gives a row with %s an error, and judges the next", async (_, bad, id, error) => {
  const judged = await judgeCases(runner, [bad, row("next", "1")]);
  expect(judged.rows[0]).toEqual({ id, verdicts: [], error });
  expect(judged.rows[1]?.verdicts).toMatchObject([{ verdict: "passed" }]);
  expect(judged.totals).toMatchObject({ rows: 2, solved: 1, errors: 1, tests: 1 });
});

it("hands on everything a row says, in the language asked for", async () => {
  const requests: JudgeRequest[] = [];
  const listening: CodeRunner = {
    async judge(request) {
      requests.push(request);
      return request.tests.map(() => ({ verdict: "passed", ms: 0 }));
    },
  };
  const tests = [
    { input: [{ $int: "12345678901234567890" }], expected: null },
    { assertion: "assert f(1)", setup: "import math" },
    { assertion: "assert f(2)" },
  ];
  const rows = [
    { id: 1, code: "def f(x): pass", entryPoint: "f", preamble: "import re", tests, timeLimitMs: 20_000 },
    { id: 2, code: "print(input())", tests: [{ stdin: "a", stdout: "a" }] },
  ];
  const judged = await judgeCases(listening, rows, { language: "python" });
  expect(judged.totals).toMatchObject({ rows: 2, solved: 2, tests: 4 });
  expect(requests).toEqual([
    { language: "python", code: rows[0]?.code, entryPoint: "f", preamble: "import re", tests, timeLimitMs: 20_000 },
    { language: "python", code: "print(input())", entryPoint: null, tests: [{ stdin: "a", stdout: "a" }] },
  ]);
});
