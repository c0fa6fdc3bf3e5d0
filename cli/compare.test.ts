import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { outcomeOf } from "../src/experiment/compare/compare-fixture";
import { parseComparisonFile, toJson } from "../src/experiment/compare/comparison-file";
import { comparisonJob, keepComparison } from "./compare";

const folder = mkdtempSync(join(tmpdir(), "lab-compare-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NOTHING_SAID = {
  split: "test",
  tier: "hinted",
  budgetTokens: 500,
  stopAtPass: true,
  limit: 3,
  freshSamples: 0,
  seed: 7,
} as const;
const FIRST = outcomeOf("vanilla tiny", "test-hinted-0", true);
const SECOND = outcomeOf("vanilla tiny", "test-hinted-1", false, { ended: "error", message: "Gone." });

it("goes on with a comparison that was broken off, with its own settings", async () => {
  const path = join(folder, "broken-off.json");
  const job = await comparisonJob({ ...NOTHING_SAID, problems: "puzzles" });
  expect(job).toMatchObject({ dataset: null, done: [], spec: { limit: 3, seed: 7, models: ["tiny"] } });
  const file = keepComparison(job, path);
  file.add(JSON.stringify(FIRST));
  file.add(JSON.stringify(SECOND));
  file.flush();

  const resumed = await comparisonJob({ ...NOTHING_SAID, seed: 99, resume: path });
  expect(resumed).toEqual({ spec: job.spec, dataset: null, done: [FIRST, SECOND] });
  const again = await comparisonJob({ ...NOTHING_SAID, resume: path, retryErrors: true });
  expect(again.done).toEqual([FIRST]);
});

it("writes what is finished, and prints it without its outcomes", async () => {
  const path = join(folder, "finished.json");
  const job = await comparisonJob({ ...NOTHING_SAID, problems: "puzzles" });
  const file = keepComparison(job, path);
  const printed = file.finish(toJson(job.spec, [FIRST], 3));
  expect(printed).toHaveProperty("rows");
  expect(printed).not.toHaveProperty("outcomes");
  expect(parseComparisonFile(readFileSync(path, "utf8")).outcomes).toEqual([FIRST]);
});

it("asks for the imported problems that a saved comparison is about", async () => {
  const job = await comparisonJob({ ...NOTHING_SAID, problems: "puzzles" });
  const path = join(folder, "imported.json");
  writeFileSync(path, toJson({ ...job.spec, problems: { source: "imported", collection: "mine" } }, [], 3));
  await expect(comparisonJob({ ...NOTHING_SAID, resume: path })).rejects.toMatchObject({ code: "input/no-problems" });
  const rows = join(folder, "other.jsonl");
  const row = { statement: "Double it.", entryPoint: "solve", tests: [{ input: [1], expected: 2 }] };
  writeFileSync(rows, `${JSON.stringify({ id: "1", title: "Double", language: "javascript", ...row })}\n`);
  const wrong = comparisonJob({ ...NOTHING_SAID, resume: path, problems: rows });
  await expect(wrong).rejects.toThrow('The comparison is about the problems of "mine", not of');
});
