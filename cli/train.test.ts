import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readSafetensors } from "../src/model/io/safetensors";
import { parseModelConfig } from "../src/model/network/config";
import { checkParams } from "../src/model/network/parameters";
import { train } from "./train";
import { trainCommand } from "./train-command";

const folder = mkdtempSync(join(tmpdir(), "pretrain-"));
const read = (name: string) => readFileSync(join(folder, "out", name));
const ignore = () => {};

const common = { seed: 1, backend: "auto", notes: "A test." } as const;

describe("train", () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  it("trains in a browser, writes a model that fits its config, and resumes from where it was", async () => {
    const given = { ...common, work: join(folder, "work"), out: join(folder, "out") };
    const first = await train(trainCommand("base", { ...given, tokens: 1500 }), ignore);
    expect(first).toMatchObject({ done: true, steps: 2, kind: "base", data: { totalTokens: 1500 } });
    const config = parseModelConfig(JSON.parse(read("config.json").toString()));
    checkParams(config, readSafetensors(read("model.safetensors")).tensors);

    const second = await train(trainCommand("base", { ...given, tokens: 3500 }), ignore);
    expect(second.steps).toBeGreaterThan(2);
    expect(second.steps).toBeLessThan(6);
    expect(second.evaluation?.loss).toBeLessThan(first.evaluation?.loss ?? Number.NaN);
    const record = JSON.parse(read("training-record.json").toString());
    expect(record).toMatchObject({ id: second.id, step: second.steps, tokens: second.tokens, notes: "A test." });
    expect(record.lossCurve).toHaveLength(2);
    // What is held out is looked at before the first step, too.
    expect(record.evaluationCurve[0][0]).toBe(0);
    expect(record.evaluationCurve[0][1]).toBeGreaterThan(first.evaluation?.loss ?? Number.NaN);
    const curve = readFileSync(join(folder, "work", "curve.jsonl"), "utf8")
      .trim()
      .split("\n");
    expect(JSON.parse(curve.at(-1) ?? "")).toMatchObject({
      step: second.steps,
      // The fastest of those that can be had here.
      backend: expect.stringMatching(/^simd(-threads)?$/),
      evaluation: second.evaluation?.loss,
      evaluationMetrics: second.evaluation?.metrics,
    });
    expect(record.metrics).toMatchObject({ "evaluation.accuracy": second.evaluation?.metrics.accuracy });

    // What has been made is what the next one begins with.
    const data = join(folder, "data.jsonl");
    const lines = Array.from({ length: 20 }, (_, i) =>
      JSON.stringify({ prompt: `<problem>[${i}]\n<think>`, completion: "<define>" }),
    );
    writeFileSync(data, ["{", ...lines].join("\n"));
    const tuned = {
      ...common,
      data: [data],
      from: join(folder, "out"),
      out: join(folder, "policy"),
      epochs: 1,
      replay: 0,
    };
    const policy = await train(trainCommand("policy", tuned), ignore);
    expect(policy).toMatchObject({ done: true, kind: "policy", data: { faults: [{ part: "train", line: 1 }] } });
    const { parents, objective, options } = JSON.parse(
      readFileSync(join(folder, "policy", "training-record.json"), "utf8"),
    );
    expect({ parents, objective }).toEqual({ parents: [second.id], objective: "sft" });
    expect(options.start).toBe(`tiny@${second.id}`);
  });

  it("takes of the options those of its objective, and the presets for the others", () => {
    const of = (name: "policy" | "prm" | "tcg", more = {}) => {
      const data = join(folder, "empty.jsonl");
      writeFileSync(data, "");
      return trainCommand(name, { ...common, data: [data], out: folder, ...more }).job;
    };
    expect(of("policy")).toMatchObject({
      objective: { name: "sft", replay: 0.15 },
      options: { length: { epochs: 3 } },
      start: "tiny",
    });
    expect(of("prm", { objective: "pairwise", margin: 1, beta: 3 }).objective).toEqual({
      name: "prm-pairwise",
      margin: 1,
    });
    expect(of("tcg", { objective: "dpo", beta: 0.5 }).objective).toEqual({ name: "dpo", beta: 0.5, nllWeight: 1 });
    expect(of("tcg", { corpus: "base", tokens: 5000 })).toMatchObject({
      objective: { name: "language-model", corpus: "base", curriculumFrom: 0 },
      options: { length: { tokens: 5000 } },
    });
    // A control of SFT: as many tokens of other texts, from where the base has stopped.
    expect(of("policy", { corpus: "clean", tokens: 5000 }).objective).toMatchObject({
      corpus: "clean",
      curriculumFrom: 1,
    });
    expect(() => trainCommand("prm", common)).toThrow(expect.objectContaining({ code: "input/no-records" }));
  });
});
