import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { CodeRunner } from "../src/ports/code-runner";
import { judgeCases } from "../src/sandbox/cases";
import type { HeadlessLab } from "./browser";
import { judgeFile, openCases } from "./judge";

const folder = mkdtempSync(join(tmpdir(), "lab-judge-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Passes every test, with its input for the answer; keeps what it was asked in `calls`. */
function labOf(calls: number[]): Pick<HeadlessLab, "call"> {
  const runner: CodeRunner = {
    judge: async ({ tests }) =>
      tests.map((test) => ({ verdict: "passed", ms: 0, ...("input" in test ? { got: test.input } : {}) })),
  };
  return {
    call: (async (_: string, { rows }: { readonly rows: readonly unknown[] }) => {
      calls.push(rows.length);
      // As it crosses to the page.
      return judgeCases(runner, JSON.parse(JSON.stringify(rows)) as unknown[]);
    }) as never,
  };
}

const row = (id: string, input = "1") =>
  `{"id": "${id}", "code": "", "tests": [{"input": [${input}], "expected": 1.0}]}`;

it("judges the rows that are right, and says of each other one what is wrong, in the file's order", async () => {
  const lines = [
    row("a", '1.0, {"2": 1, "1": 2}, 12345678901234567890'),
    row("nan", "NaN"),
    "",
    "{oops",
    "3",
    row("b"),
  ];
  const calls: number[] = [];
  const said: string[] = [];
  const judged = await judgeFile(await openCases(file("a.jsonl", lines.join("\n"))), "python", labOf(calls), (line) =>
    said.push(line),
  );
  expect(judged.rows.map(({ id, error }) => [id, error])).toEqual([
    ["a", undefined],
    ["nan", "It holds NaN or Infinity, which is not JSON."],
    [null, "It is not JSON (mistake at character 2)."],
    [null, "It is not an object with columns."],
    ["b", undefined],
  ]);
  expect(judged.rows[0]?.verdicts[0]?.got).toEqual([
    { $float: "1.0" },
    {
      $dict: [
        ["2", 1],
        ["1", 2],
      ],
    },
    { $int: "12345678901234567890" },
  ]);
  expect(judged.totals).toMatchObject({ rows: 5, solved: 2, errors: 3, tests: 2 });
  expect(calls).toEqual([2]);
  expect(said).toEqual(["5 rows judged, 100 % of the file"]);
});

it("judges a long file batch by batch", async () => {
  const calls: number[] = [];
  const rows = Array.from({ length: 7 }, (_, i) => row(String(i)));
  const cases = await openCases(file("long.jsonl", rows.join("\n")), 3);
  const judged = await judgeFile(cases, "python", labOf(calls), () => {});
  expect(judged.rows.map(({ id }) => id)).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
  expect(calls).toEqual([3, 3, 1]);
});

it("refuses what is no file of rows with a sentence", async () => {
  const judge = async (path: string) => judgeFile(await openCases(path), "python", labOf([]), () => {});
  await expect(judge(join(folder, "none.jsonl"))).rejects.toThrow("There is no file");
  await expect(judge(folder)).rejects.toThrow("is a folder");
  await expect(judge(file("empty.jsonl", "\n"))).rejects.toThrow("empty.jsonl is empty");
  await expect(judge(file("latin1.jsonl", Buffer.from(row("é"), "latin1")))).rejects.toThrow("it may be in Latin-1");
});

it("reads UTF-16", async () => {
  const text = Buffer.from(`\ufeff${row("é")}`, "utf16le");
  const judged = await judgeFile(await openCases(file("utf16.jsonl", text)), "python", labOf([]), () => {});
  expect(judged.rows[0]?.id).toBe("é");
});
