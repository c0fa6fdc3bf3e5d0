import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { benchmarkFile } from "../../cli/benchmark-data";
import { PythonRunner } from "../sandbox/python/host/python-runner";
import { UnguardedExecutor } from "../sandbox/python/host/unguarded-executor-fixture";
import { importDataset } from "./import";
import { type CheckedReferences, checkReferences } from "./references";

/*
 * What the importers make of the published files, put to the test by the files' own solutions: entry points, preambles,
 * setups, examples read out of docstrings, and unwrapped outputs are right only if these programs pass. MBPP takes
 * longer; `npm run lab -- dataset --format mbpp --file F --check` checks it in the sandbox.
 */

describe("reference solutions pass the tests that were read", () => {
  let runner: PythonRunner;
  beforeAll(async () => {
    runner = new PythonRunner(await UnguardedExecutor.start());
  });

  async function checked(path: string): Promise<CheckedReferences> {
    const { problems } = await importDataset({ kind: "file", name: path, data: new Blob([readFileSync(path)]) });
    return checkReferences(problems, runner, { concurrency: 1 });
  }

  const humaneval = benchmarkFile("humaneval/HumanEval.jsonl");
  it.skipIf(humaneval === null)("HumanEval: 164 of 164, 433 visible examples among their tests", async () => {
    expect(await checked(humaneval ?? "")).toMatchObject({ rows: 164, passed: 164, failed: [] });
  });

  const apps = benchmarkFile("apps/apps_train_5.jsonl");
  it.skipIf(apps === null)("APPS: 5 of 5", async () => {
    expect(await checked(apps ?? "")).toMatchObject({ rows: 5, passed: 5, failed: [] });
  });

  const taco = benchmarkFile("taco/taco_easy_10.jsonl");
  it.skipIf(taco === null)("TACO: 9 of 10; one row's outputs are out of step with its inputs", async () => {
    expect(await checked(taco ?? "")).toMatchObject({
      rows: 10,
      passed: 9,
      failed: [{ id: "taco/8", reason: expect.stringMatching(/^The best of 3 references passes 1 of 7 tests/) }],
    });
  });
});
