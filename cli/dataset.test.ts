import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { jsonLines, mbppRow } from "../src/datasets/dataset-fixture";
import { checkDataset, datasetReport, readDatasetFile } from "./dataset";

const folder = mkdtempSync(join(tmpdir(), "dataset-"));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const file = written("rows.jsonl", jsonLines(mbppRow(1), mbppRow(2, { code: "" }), mbppRow(3, { test_list: [] })));

it("reports what was read and why a row was not", async () => {
  expect(datasetReport(await readDatasetFile({ file }))).toEqual({
    collection: expect.objectContaining({ id: "mbpp", visibility: expect.stringContaining("first assert") }),
    rows: 3,
    taken: 2,
    refused: [{ row: 3, id: "3", reason: "It has no tests." }],
    remarks: [{ remark: "It has no reference solution.", rows: 1 }],
    interruption: null,
  });
});

it("takes the format, the number of visible tests and the number of problems", async () => {
  const dataset = await readDatasetFile({ file, format: "mbpp", visible: 2, limit: 1 });
  expect(dataset.problems.map(({ problem }) => [problem.id, problem.visibleTests.length])).toEqual([["mbpp/1", 2]]);
});

it("counts rows that were not taken as failed", async () => {
  const dataset = await readDatasetFile({ file });
  const check = await checkDataset(dataset, async (problems) => {
    expect(problems.map(({ problem }) => problem.id)).toEqual(["mbpp/1", "mbpp/2"]);
    const failed = [{ id: "mbpp/2", reason: "It has no reference solution." }];
    return { rows: 2, passed: 1, failed, wallMs: 12, timeLimitsMs: {} };
  });
  expect(check).toEqual({
    rows: 3,
    passed: 1,
    failed: [
      { id: "3", reason: "Not taken: It has no tests." },
      { id: "mbpp/2", reason: "It has no reference solution." },
    ],
    wallMs: 12,
  });
});

it("says what is wrong with a path or a format", async () => {
  await expect(readDatasetFile({ file: join(folder, "none") })).rejects.toMatchObject({
    message: expect.stringMatching(/^There is no file/),
  });
  await expect(readDatasetFile({ file: folder })).rejects.toMatchObject({ hint: "Name a file in it." });
  await expect(readDatasetFile({ file, format: "csv" })).rejects.toMatchObject({
    message: "There is no dataset format csv.",
    hint: "There are mbpp, sanitized-mbpp, humaneval, taco, apps, generic.",
  });
});
