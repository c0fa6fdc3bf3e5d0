import { readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { importDataset } from "../src/datasets/import";
import { checkReferences } from "../src/datasets/references";
import { PythonRunner } from "../src/sandbox/python/host/python-runner";
import { UnguardedExecutor } from "../src/sandbox/python/host/unguarded-executor-fixture";
import { caseFile } from "./benchmark-data";

/* Tests that look at more than a returned value, in plain interpreters: what was expected of each was taken from CPython. */

let runner: PythonRunner;
beforeAll(async () => {
  runner = new PythonRunner(await UnguardedExecutor.start());
});

const EXPECTED = caseFile("verdicts/expected.json");
it
  .skipIf(EXPECTED === null)
  .each([
    "06-effects-on-arguments-and-identity",
    "07-more-than-40-rounds",
    "08-exceptions-lose-their-class-and-arguments",
    "17-unguarded-tests-can-be-forged",
  ])("%s: every row gets its verdict", async (name) => {
  const expected = JSON.parse(readFileSync(EXPECTED ?? "", "utf8"))[name];
  const lines = readFileSync(caseFile(`verdicts/${name}.cases.jsonl`) ?? "", "utf8")
    .trim()
    .split("\n");
  const got: Record<string, string[]> = {};
  for (const line of lines) {
    const { id, code, entryPoint, tests } = JSON.parse(line);
    const verdicts = await runner.judge({ language: "python", code, entryPoint, tests });
    got[id] = verdicts.map(({ verdict }) => (verdict === "passed" ? "passed" : "not-passed"));
  }
  expect(got).toEqual(expected);
});

it.skipIf(EXPECTED === null).each(["10-in-place-humaneval", "11-class-entry-humaneval", "11-class-entry"])(
  "%s: every reference passes",
  async (name) => {
    const data = new Blob([readFileSync(caseFile(`data/${name}.jsonl`) ?? "")]);
    const { problems } = await importDataset({ kind: "file", name: `${name}.jsonl`, data }, {});
    expect(problems).toHaveLength(1);
    expect(await checkReferences(problems, runner)).toMatchObject({ passed: 1, failed: [] });
  },
);
