import { describe, expect, it } from "vitest";
import { SPEC } from "../../experiment/compare/compare-fixture";
import { fileStem, money, paperDifferences, points, seconds, tokens } from "./comparison-words";

describe("figures of the table", () => {
  it("have a sign that is a minus, and none at zero", () => {
    expect([0.25, -0.031, 0, -0.0004].map(points)).toEqual(["+25.0", "−3.1", "0.0", "0.0"]);
  });

  it("have as many places as tell something", () => {
    expect([null, 0.1234, 12.34, 123.4].map(seconds)).toEqual(["–", "0.12", "12.3", "123"]);
    expect([null, 0, 0.00019712, 0.25, 12.345].map(money)).toEqual(["–", "0", "0.000197", "0.25", "12.3"]);
    expect(tokens(3489.4)).toBe("3\u2009489");
  });
});

it("names a file after what was compared, and when", () => {
  const spec = { ...SPEC, budgetTokens: 2000 };
  const record = { title: "List puzzles, all tiers", spec, startedAt: "2026-11-21T12:05:09.000Z" };
  expect(fileStem(record)).toMatch(/^list-puzzles-all-tiers-2000-tokens-2026-11-2\d-\d{4}$/);
});

describe("what sets our rows apart from the paper's", () => {
  it("is told of the models and the problems at hand", () => {
    const models = ["webllm:Qwen2.5-Coder-7B-Instruct-q4f16_1-MLC"];
    const puzzles = { source: "puzzles", split: "test", tier: "all" } as const;
    expect(paperDifferences({ models, problems: puzzles })).toContain(
      "other problems than its MBPP, a model tuned to instructions, quantised weights, other prompts, a token budget.",
    );
    const mbpp = { source: "imported", collection: "mbpp" } as const;
    expect(paperDifferences({ models: ["openai:http://localhost/v1#Qwen2.5-7B"], problems: mbpp })).toContain(
      "Ours differ from them: other prompts, a token budget.",
    );
  });
});
