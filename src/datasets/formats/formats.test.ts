import { describe, expect, it } from "vitest";
import { importFile, jsonLines, mbppRow, rowSentences } from "../dataset-fixture";

const LONG = "12345678901234567890123";

/** The problem of one row. */
async function only(row: unknown, options = {}) {
  const dataset = await importFile(typeof row === "string" ? row : jsonLines(row), options);
  expect(rowSentences(dataset)).toEqual(["taken"]);
  return { ...dataset.problems[0], remarks: dataset.rows[0]?.remarks, collection: dataset.collection };
}

const taco = (inputOutput: unknown, changes: Readonly<Record<string, unknown>> = {}) => ({
  question: "Add two numbers.",
  solutions: '["def add(a, b):\\n  return a + b"]',
  starter_code: "def add(a, b):\n\t",
  input_output: inputOutput,
  raw_tags: "['Math']",
  tags: ["Math"],
  time_limit: null,
  ...changes,
});

describe("TACO and APPS", () => {
  it("keep integers beyond 2^53, in calls and in texts, as an object and as JSON text", async () => {
    const io = `{"fn_name": "add", "inputs": [[${LONG}, -${LONG}], [1, 2.5]], "outputs": [[0], [3.5]]}`;
    const expected = [
      { input: [{ $int: LONG }, { $int: `-${LONG}` }], expected: 0 },
      { input: [1, 2.5], expected: 3.5 },
    ];
    for (const held of [io, JSON.stringify(io)]) {
      const row = JSON.stringify(taco("IO")).replace('"IO"', held);
      const { problem, hiddenTests = [] } = await only(row);
      expect([...(problem?.visibleTests ?? []), ...hiddenTests]).toEqual(expected);
    }
    const stdin = await only(
      JSON.stringify(taco("IO")).replace('"IO"', `{"inputs": [${LONG}], "outputs": [["${LONG}", 7]]}`),
    );
    expect(stdin.problem).toMatchObject({ entryPoint: null, visibleTests: [{ stdin: LONG, stdout: `${LONG}\n7` }] });
  });

  it("unwrap outputs only when every one is wrapped", async () => {
    const outputs = async (values: unknown, changes = {}) => {
      const inputs = (values as unknown[]).map((_, i) => [i]);
      const { problem, hiddenTests = [] } = await only(taco({ fn_name: "add", inputs, outputs: values }, changes));
      return [...(problem?.visibleTests ?? []), ...hiddenTests].map((test) => "expected" in test && test.expected);
    };
    expect(await outputs([[[1, 2]], [[3]]])).toEqual([[1, 2], [3]]);
    expect(await outputs([[1], [2, 3]])).toEqual([[1], [2, 3]]);
    expect(await outputs([[1], [2]])).toEqual([1, 2]);
    // LeetCode's rows are not wrapped.
    expect(await outputs([[1], [2]], { starter_code: "class Solution:\n    def add(self, a):\n        " })).toEqual([
      [1],
      [2],
    ]);
  });

  it("show the examples of the statement, and one test when none is there", async () => {
    const question = "Add.\n\nExample:\nadd(1, 2) returns 3, add('a', 'b') gives \"ab\".";
    const io = {
      fn_name: "add",
      inputs: [
        [5, 5],
        [1, 2],
        ["a", "b"],
      ],
      outputs: [[10], [3], ["ab"]],
    };
    const shown = await only(taco(io, { question }));
    expect(shown.problem?.visibleTests).toEqual([
      { input: [1, 2], expected: 3 },
      { input: ["a", "b"], expected: "ab" },
    ]);
    expect((await only(taco(io, { question }), { visibleCount: 1 })).problem?.visibleTests).toHaveLength(1);
    const blind = await only(taco(io));
    expect(blind.problem?.visibleTests).toEqual([{ input: [5, 5], expected: 10 }]);
    expect(blind.remarks).toContain("Its statement shows no test, so the first one is visible.");
    expect((await only(taco(io), { visibleCount: 0 })).problem?.visibleTests).toEqual([]);
  });

  it("do not take a number inside another for an example", async () => {
    const question = "Input\n11 23\nOutput\n34\n";
    const io = { inputs: ["1 2", "11 23\n"], outputs: ["3", "34\n"] };
    const { problem } = await only(taco(io, { question, starter_code: "" }));
    expect(problem?.visibleTests).toEqual([{ stdin: "11 23\n", stdout: "34\n" }]);
  });

  it("scale the judges' time limit to an interpreter in WebAssembly", async () => {
    const limit = async (time: string) =>
      (await only(taco({ inputs: ["1"], outputs: ["1"] }, { time_limit: time }))).problem?.timeLimitMs;
    expect([await limit("3.0 seconds"), await limit("1 seconds"), await limit("500 ms"), await limit("fast")]).toEqual([
      15_000,
      5_000,
      5_000,
      undefined,
    ]);
  });

  it("refuse rows whose tests cannot be read", async () => {
    const rows = [
      taco({ inputs: ["1"], outputs: ["1"] }),
      taco('{"inputs": [NaN], "outputs": [1]}'),
      taco("{oops"),
      taco(""),
      taco({ inputs: [], outputs: [] }),
      taco({ inputs: [{}], outputs: ["1"] }),
      taco(null),
      taco({ inputs: ["1"], outputs: ["1"] }, { solutions: '{"a": 1}' }),
    ];
    expect(rowSentences(await importFile(jsonLines(...rows)))).toEqual([
      "taken",
      "Its column input_output holds NaN or Infinity, which is not JSON.",
      "Its column input_output is not JSON.",
      "Its input_output has no inputs and outputs.",
      "It has no tests.",
      "A test's input or output is neither a text nor a list of lines.",
      "The column input_output is missing.",
      "Its column solutions is not a list of programs.",
    ]);
  });

  it("take a row without solutions, and keep ten of many", async () => {
    const io = { inputs: ["1", "2"], outputs: ["1", "2"] };
    for (const solutions of ["", "[]", [], null]) {
      expect(await only(taco(io, { solutions }))).toMatchObject({ references: [] });
    }
    const many = await only(taco(io, { solutions: Array.from({ length: 30 }, (_, i) => `print(${i})`) }));
    expect(many.references).toHaveLength(10);
    expect(many.remarks).toContain("10 of its 30 reference solutions are kept.");
  });

  it("are told apart by their columns", async () => {
    const io = { inputs: ["1"], outputs: ["1"] };
    const apps = {
      id: 4000,
      question: "Add.",
      solutions: "",
      input_output: JSON.stringify(io),
      difficulty: "interview",
    };
    expect((await only(apps)).problem?.id).toBe("apps/4000");
    expect((await only(taco(io))).problem?.id).toBe("taco/0");
    expect((await only(taco(io), { format: "apps" })).problem?.id).toBe("apps/0");
  });
});

describe("rows of one's own", () => {
  const row = {
    id: "my first: (sum)",
    statement: "Write a function that adds two numbers. It is easy.",
    entryPoint: "add",
    visibleTests: [{ input: [1, 2], expected: 3 }],
    hiddenTests: [{ assertion: "assert add(0, 0) == 0", setup: "import math" }],
    references: ["def add(a, b):\n  return a + b"],
  };

  it("become problems with an id that can stand in a link", async () => {
    const taken = await only({ ...row, timeLimitMs: 9_000, attribution: "A colleague" });
    expect(taken).toMatchObject({
      problem: {
        id: "rows/my-first-sum",
        title: "Adds two numbers",
        language: "python",
        entryPoint: "add",
        visibleTests: row.visibleTests,
        timeLimitMs: 9_000,
        attribution: "A colleague",
      },
      hiddenTests: row.hiddenTests,
      references: row.references,
      collection: { id: "rows", title: "rows.jsonl", format: "generic", attribution: "rows.jsonl" },
    });
  });

  it("may be in JavaScript, all of them or none", async () => {
    const javascript = { ...row, language: "javascript", hiddenTests: [] };
    const dataset = await importFile(jsonLines(javascript, { ...row, id: 2 }));
    expect(dataset.collection.language).toBe("javascript");
    expect(rowSentences(dataset)).toEqual(["taken", "It is not in javascript, as the rows before it."]);
  });

  it("are refused with what is wrong", async () => {
    const rows = [
      row,
      { ...row, id: 1, statement: " " },
      { ...row, id: 2, visibleTests: [], hiddenTests: [] },
      { ...row, id: 3, entryPoint: undefined },
      { ...row, id: 4, visibleTests: [{ input: 1, expected: 2 }] },
      { ...row, id: 4, visibleTests: ["assert add(1, 2) == 3"] },
      { ...row, id: 4, visibleTests: [{ ...row.visibleTests[0], hidden: true }] },
      { ...row, id: 4, hiddenTests: [{ assertion: "" }] },
      { ...row, id: 5, visibleTests: [{ stdin: "1", stdout: "2" }] },
      { ...row, id: 6, entryPoint: "a b" },
      { ...row, id: 7, timeLimitMs: 1e9 },
      { ...row, id: 8, language: "perl" },
      { ...row, id: 9, language: "javascript" },
    ];
    expect(rowSentences(await importFile(jsonLines(...rows)))).toEqual([
      "taken",
      "The column statement must be a text that is not empty.",
      "It has no tests.",
      "Its tests call a function, but entryPoint does not name it.",
      "The column visibleTests must be a list of arguments (at 0.input).",
      "The column visibleTests must be a test: {input, expected}, {stdin, stdout} or {assertion, setup?} (at 0).",
      "The column visibleTests must be a test: {input, expected}, {stdin, stdout} or {assertion, setup?}, with nothing else (at 0).",
      "One of its assertions is empty.",
      "A test with stdin runs a whole program, so entryPoint must be null.",
      "The column entryPoint must be the name of a function, or null.",
      "The column timeLimitMs must be milliseconds, at most 60000.",
      "The column language must be python or javascript.",
      "In JavaScript every test must have the form {input, expected}.",
    ]);
  });
});

describe("MBPP", () => {
  it("finds the function that the asserts call among helpers and Python's own", async () => {
    const code = "class Pair:\n  pass\n\ndef helper(x):\n  return x\n\ndef double(x):\n  return helper(2 * x)";
    const tests = ["assert set(double(2)) == set(helper(4))", 'assert double("helper(") == 1'];
    const { problem } = await only(mbppRow(1, { code, test_list: tests }));
    expect(problem?.entryPoint).toBe("double");
  });
});
