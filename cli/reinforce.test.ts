import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { TEST_CONFIG, testWeights } from "../src/model/test-fixture";
import type { EvaluationRecord, StepRecord } from "../src/selfplay/reinforce/loop";
import { METHODS, REINFORCE_DEFAULTS, type ReinforceSpec } from "../src/selfplay/reinforce/spec";
import { writeCheckpoint } from "../src/training/checkpoint";
import { readModelFolder } from "../src/training/model-folder";
import { folderAt } from "./checkpoints";
import { openReinforcement } from "./reinforce";

const folder = mkdtempSync(join(tmpdir(), "lab-rl-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SPEC: ReinforceSpec = {
  ...REINFORCE_DEFAULTS,
  method: METHODS["policy-gradient"],
  peakLearningRate: 1e-4,
  tokens: 9_000,
  seed: 1,
};

const share = (value: number) => ({ value, ci95: [0, 1] as const, n: 4 });

const evaluation = (step: number, value: number, isBest: boolean): EvaluationRecord => {
  const all = { problems: 4, greedy: share(value), passAtK: [{ k: 1, ...share(value) }] };
  return { type: "evaluation", step, all, tiers: {}, isBest, ms: 1 };
};

const step = (number: number): StepRecord => ({
  type: "step",
  step: number,
  tokens: { sampled: 100 * number, read: 50 * number },
  learningRate: 1e-4,
  alpha: 1,
  reward: 0.5,
  outcome: 0.5,
  process: null,
  visiblePass: 0.6,
  hiddenPass: 0.5,
  entropy: 0.04,
  kl: 0.001,
  evenShare: 0.25,
  length: 100,
  cutShare: 0,
  objective: { loss: -0.1 },
  ms: { sampling: 1, scoring: 0, judging: 1, learning: 1 },
});

/** A part as the page tells it, of a run whose best weights were those of the step before. */
async function part(number: number): Promise<string> {
  const params = testWeights();
  const file = await writeCheckpoint({
    record: {
      kind: "policy",
      parents: ["0123456789abcdef"],
      config: TEST_CONFIG,
      objective: "policy-gradient",
      options: { ...SPEC, start: "tiny" },
      seed: 1,
      step: number,
      tokens: 150 * number,
      metrics: { reward: 0.5 },
    },
    state: { params, first: new Map(), second: new Map() },
    best: { step: number - 1, loss: 0.5, metrics: { greedy: 0.5 }, params },
    position: {},
  });
  return JSON.stringify({ type: "part", step: number, file: Buffer.from(file).toString("base64") });
}

const open = (name: string, change: Partial<ReinforceSpec> = {}, fresh = false) =>
  openReinforcement(join(folder, name), { ...SPEC, ...change }, "tiny", fresh, () => {});

it("keeps all at once, goes on from the last part, and ends with a checkpoint like any other", async () => {
  const begun = await open("run");
  expect(begun.part).toBeNull();
  const lines = [evaluation(0, 0.25, true), step(1), evaluation(1, 0.5, true)].map((record) => JSON.stringify(record));
  for (const line of lines) begun.add(line);
  begun.add(await part(1));
  begun.add(JSON.stringify(step(2)));
  appendFileSync(join(folder, "run", "work", "records.jsonl"), '{"type":"st');

  const resumed = await open("run", { tokens: 12_000 });
  expect(Buffer.from(resumed.part ?? "", "base64").length).toBeGreaterThan(1000);
  const stopped = await resumed.finish({ reason: "stopped", collapse: null }, "lab rl");
  expect(stopped).toMatchObject({ id: null, steps: 1, tokens: 150 });
  resumed.add(JSON.stringify(step(2)));
  resumed.add(JSON.stringify(evaluation(2, 0.4, false)));
  resumed.add(await part(2));
  const collapse = { message: "Entropy is gone.", hint: "" };
  const result = await resumed.finish({ reason: "collapsed", collapse }, "lab rl");
  expect(result).toMatchObject({
    reason: "collapsed",
    collapse,
    steps: 2,
    tokens: 300,
    passAt1: { before: 0.25, best: 0.5, step: 1 },
  });

  const tokenizer = readFileSync(join(folder, "run", "tokenizer.json"), "utf8");
  const { record } = await readModelFolder(await folderAt(join(folder, "run")), tokenizer);
  expect(record).toMatchObject({ id: result.id, kind: "policy", metrics: { evaluation: 0.5, "evaluation.step": 1 } });
  const told = JSON.parse(readFileSync(join(folder, "run", "training-record.json"), "utf8"));
  expect(told).toMatchObject({ id: result.id, command: "lab rl", collapse });
  expect(told.steps.map((each: StepRecord) => each.step)).toEqual([1, 2]);
  expect(told.evaluations.map((each: EvaluationRecord) => each.step)).toEqual([0, 1, 2]);
});

it("does not go on with a run of other settings, but begins anew where that is asked for", async () => {
  const begun = await open("other");
  begun.add(await part(1));
  for (const change of [{ seed: 2 }, { method: METHODS.dpo }, { tests: "generated" }] as const) {
    await expect(open("other", change)).rejects.toMatchObject({ code: "input/other-settings" });
  }
  expect((await open("other", { seed: 2 }, true)).part).toBeNull();
});
