import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readSafetensors } from "../src/model/io/safetensors";
import { parseModelConfig } from "../src/model/network/config";
import { checkParams } from "../src/model/network/parameters";
import { pretrain } from "./pretrain";

const folder = mkdtempSync(join(tmpdir(), "pretrain-"));
const read = (name: string) => readFileSync(join(folder, "out", name));
const ignore = () => {};

describe("pretrain", () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  it("trains in a browser, writes a model that fits its config, and resumes from where it was", async () => {
    const command = { workFolder: join(folder, "work"), outFolder: join(folder, "out"), notes: "A test." };
    const first = await pretrain({ ...command, totalTokens: 1500 }, ignore);
    expect(first).toMatchObject({ done: true, steps: 2 });
    const config = parseModelConfig(JSON.parse(read("config.json").toString()));
    checkParams(config, readSafetensors(read("model.safetensors")).tensors);

    const second = await pretrain({ ...command, totalTokens: 3500 }, ignore);
    expect(second.steps).toBeGreaterThan(2);
    expect(second.steps).toBeLessThan(6);
    expect(second.evaluation).toBeLessThan(first.evaluation);
    const record = JSON.parse(read("training-record.json").toString());
    expect(record).toMatchObject({ steps: second.steps, tokens: second.tokens, notes: "A test." });
    expect(record.lossCurve).toHaveLength(2);
    const curve = readFileSync(join(folder, "work", "curve.jsonl"), "utf8")
      .trim()
      .split("\n");
    expect(JSON.parse(curve.at(-1) ?? "")).toMatchObject({ step: second.steps, backend: "simd-threads" });
  });
});
