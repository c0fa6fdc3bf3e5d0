import fc from "fast-check";
import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { LabError } from "../core/errors";
import { isJsonValue } from "../core/problem";
import { strictTestSchema } from "../core/test-schema";
import { importFile, jsonLines, mbppRow, rowSentences } from "./dataset-fixture";
import { docstringExamples } from "./formats/docstring-examples";
import type { ImportedDataset } from "./import";
import { mbppParquet } from "./parquet-fixture";
import { parseAddress } from "./sources/hub";

/*
 * Whatever a file holds, an import ends with a report or with one sentence, and what it takes can be kept and run.
 */

/** Imports what is perhaps no data set at all; null when it was refused as a whole. */
async function attempt(content: string | Uint8Array): Promise<ImportedDataset | null> {
  try {
    const dataset = await importFile(content);
    for (const { problem, hiddenTests, references } of dataset.problems) {
      expect(problem.id).toMatch(/^[\w.-]+\/[\w.-]+$/);
      for (const test of [...problem.visibleTests, ...hiddenTests]) {
        expect(strictTestSchema.safeParse(test).success).toBe(true);
      }
      expect(isJsonValue({ problem, references })).toBe(true);
    }
    for (const sentence of rowSentences(dataset)) expect(sentence).toMatch(/^taken$|^[A-Z].*\.$/s);
    return dataset;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    expect([error.code, error.message]).toEqual([expect.stringMatching(/^input\//), expect.stringMatching(/\S/)]);
    return null;
  }
}

const taco = { question: "Add.\n\nInput: 1 2\nOutput: 3", input_output: { inputs: ["1 2"], outputs: ["3"] } };
const humaneval = {
  task_id: "HumanEval/0",
  prompt: 'def f(x):\n    """Doubles.\n    >>> f(2)\n    4\n    """\n',
  entry_point: "f",
  canonical_solution: "    return 2 * x\n",
  test: "def check(f):\n    assert f(1) == 2",
};
const own = { statement: "Add.", entryPoint: "f", visibleTests: [{ input: [1], expected: 2 }] };
const ROWS: readonly Record<string, unknown>[] = [
  mbppRow(1),
  mbppRow(2, { text: undefined, prompt: "Double a number.", test_imports: ["import math"] }),
  humaneval,
  { ...taco, raw_tags: "[]", time_limit: "2 seconds", url: "https://x/y-z" },
  {
    ...taco,
    id: 7,
    input_output: { fn_name: "f", inputs: [[1]], outputs: [[2]] },
    starter_code: "class Solution:\n  def f(self, x):",
  },
  { ...own, id: "a", language: "python", references: ["def f(x): return 2 * x"] },
];

/** What a person, a program or an enemy may have put where something else belongs. */
const oddity = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    ...[
      "",
      " ",
      "\ud800",
      "\udfff x",
      "\u0000",
      "__proto__",
      "constructor",
      "toString",
      "f(",
      "[",
      "class Solution:\n\n\n x",
    ],
    ...[-1, 1e300, 0.1, null, true, { toString: 1 }, { $int: "9".repeat(400) }, { $int: "x" }],
    ...[
      '{"fn_name": "(", "inputs": [[1]], "outputs": [[1]]}',
      '{"inputs": [NaN]}',
      "f(".repeat(5_000),
      "((".repeat(5_000),
    ],
  ),
);

const mutatedRow = fc
  .record({ row: fc.constantFrom(...ROWS), at: fc.nat(), oddity, alsoAt: fc.nat(), also: fc.option(oddity) })
  .map(({ row, at, oddity: value, alsoAt, also }) => {
    const columns = Object.keys(row);
    const changed = { ...row, [columns[at % columns.length] ?? ""]: value };
    return also === null ? changed : { ...changed, [columns[alsoAt % columns.length] ?? ""]: also };
  });

describe("an import ends with a report or a sentence", () => {
  it("for 1,800 rows with something odd in them", async () => {
    let taken = 0;
    const check = async (rows: readonly Record<string, unknown>[]) => {
      taken += (await attempt(jsonLines(...rows)))?.problems.length ?? 0;
    };
    await fc.assert(fc.asyncProperty(fc.array(mutatedRow, { minLength: 3, maxLength: 3 }), check), {
      seed: 11,
      numRuns: 600,
    });
    expect(taken).toBeGreaterThan(120);
  });

  it("for 800 texts that somebody has cut, mixed and scribbled in", async () => {
    const texts = [
      jsonLines(...ROWS),
      JSON.stringify(ROWS),
      JSON.stringify(ROWS, null, 1),
      JSON.stringify({ rows: ROWS }),
    ];
    const scribble = fc.constantFrom(
      "",
      "{",
      "}",
      "[",
      "]",
      '"',
      "\\",
      ",",
      "NaN",
      "1e999",
      "\ufeff",
      "\ud800",
      "\n",
      "<",
    );
    const text = fc
      .record({
        text: fc.constantFrom(...texts),
        cuts: fc.array(fc.tuple(fc.nat(), fc.nat(8), scribble), { maxLength: 4 }),
      })
      .map(({ text, cuts }) =>
        cuts.reduce((all, [at, length, put]) => {
          const from = at % all.length;
          return all.slice(0, from) + put + all.slice(from + length);
        }, text),
      );
    const check = async (content: string) => void (await attempt(content));
    await fc.assert(fc.asyncProperty(fc.oneof(text, fc.string({ unit: "binary" })), check), {
      seed: 12,
      numRuns: 800,
    });
  });

  it("for 400 gzip and Parquet files with bytes changed or missing", async () => {
    const files = [
      gzipSync(new TextEncoder().encode(jsonLines(...ROWS)), { mtime: 0 }),
      mbppParquet(6, 3),
      mbppParquet(6, 3, "GZIP"),
    ];
    const bytes = fc
      .record({
        which: fc.nat(2),
        changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        end: fc.nat(40),
      })
      .map(({ which, changes, end }) => {
        const file = files[which]?.slice() ?? new Uint8Array();
        for (const [at, byte] of changes) file[at % file.length] = byte;
        return end > 20 ? file : file.subarray(0, file.length - end);
      });
    const check = async (content: Uint8Array) => void (await attempt(content));
    await fc.assert(fc.asyncProperty(bytes, check), { seed: 13, numRuns: 400 });
  });

  it("for rows nested a hundred thousand deep, in any column and form", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    for (const held of [deep, JSON.stringify(deep), `{"a": 12345678901234567890, "b": ${deep}}`]) {
      for (const row of ROWS) {
        for (const column of Object.keys(row)) {
          const text = JSON.stringify({ ...row, [column]: "DEEP" }).replace('"DEEP"', () => held);
          const dataset = await attempt(`${JSON.stringify(row)}\n${text}`);
          expect(dataset?.rows.length).toBe(2);
        }
      }
    }
    const sentences = rowSentences(await importFile(`${jsonLines(own)}\n{"statement": "x", "visibleTests": ${deep}}`));
    expect(sentences[1]).toBe("It is nested too deeply.");
  });
});

describe("what takes long for a careless reader", () => {
  it("is read at once: white space, newlines, hyphens, slashes, brackets and lines without end", async () => {
    const many = 200_000;
    const rows = [
      { ...taco, starter_code: `class Solution:${"\n".repeat(many)}x` },
      { ...taco, url: `${"a".repeat(many)}/b/${"/".repeat(many)} ` },
      { ...taco, name: `a${"-".repeat(many)}b`, question: " ".repeat(many) },
      {
        ...taco,
        input_output: { inputs: Array.from({ length: 50_000 }, (_, i) => `${i}`), outputs: Array(50_000).fill("1") },
      },
    ];
    expect(rowSentences(await importFile(jsonLines(...rows)))).toEqual(rows.map(() => "taken"));
    const slow = { ...humaneval, task_id: "x/constructor", prompt: `def f(x):\n"""${">>> f(1)\n".repeat(9_000)}"""` };
    expect(rowSentences(await importFile(jsonLines(slow)))).toEqual(["taken"]);
    expect(docstringExamples("[".repeat(50_000), "f")).toEqual([]);
    expect(docstringExamples(`f(${"[".repeat(50_000)}) == 1`, "f")).toEqual([]);
  });

  it("is white space without end before the first row, packed small", async () => {
    const blank = gzipSync(new TextEncoder().encode(`${" \n".repeat(5_000_000)}${jsonLines(mbppRow(1))}`), {
      level: 1,
    });
    expect((await importFile(blank)).problems).toHaveLength(1);
  });
});

it("reads any address, or says that it is none", () => {
  const part = fc.constantFrom(
    "datasets",
    "blob",
    "resolve",
    "viewer",
    "tree",
    "org",
    "%",
    "%E0%A4%A",
    "%2F",
    "..",
    "a b",
  );
  const host = fc.constantFrom("huggingface.co", "datasets-server.huggingface.co", "github.com", "x.y");
  const address = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(host, fc.array(part)).map(([name, parts]) => `https://${name}/${parts.join("/")}?config=%&dataset=%E0`),
  );
  const check = (text: string) => {
    try {
      expect(["hub", "file"]).toContain(parseAddress(text).kind);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      expect(error.code).toBe("input/url");
    }
  };
  fc.assert(fc.property(address, check), { seed: 14, numRuns: 2_000 });
  expect(parseAddress("https://github.com/a/b/blob/main/x%23y.jsonl")).toEqual({
    kind: "file",
    url: "https://raw.githubusercontent.com/a/b/main/x%23y.jsonl",
  });
});
