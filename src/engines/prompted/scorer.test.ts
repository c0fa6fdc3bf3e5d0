import { describe, expect, it } from "vitest";
import type { Step } from "../../core/step";
import type { TokenQuery, TokenScorer } from "../../ports/policy-model";
import { problemOf } from "../../testing/problem";
import { createPromptedScorer } from "./scorer";

const problem = problemOf({
  statement: "Double every number.",
  language: "python",
  entryPoint: "double_all",
  visibleTests: [],
});

const STEPS: readonly Step[] = [
  { kind: "define", text: "walk over the list" },
  { kind: "refine", text: "emit 2 * x" },
  { kind: "code", text: "def double_all(xs):\n    return [2 * x for x in xs]" },
];

/** Answers each batch with the given probabilities of Yes, yes, YES, No, no and NO, and keeps what it was asked. */
function scripted(probabilities: readonly (readonly number[])[]) {
  const queries: TokenQuery[] = [];
  const scorer: TokenScorer = {
    tokenProbabilities: async (batch) => {
      queries.push(...batch);
      return batch.map((_, index) => ({
        probabilities: probabilities[index] ?? [],
        promptTokens: 100,
        prefilledTokens: 20,
      }));
    },
  };
  return { scorer, queries };
}

describe("prompted step scorer", () => {
  it("is the probability of Yes among Yes and No, in all their spellings", async () => {
    const { scorer, queries } = scripted([
      [0.6, 0, 0, 0.2],
      [0.1, 0.1, 0, 0.3, 0.2, 0.1],
      [0, 0, 0, 0.5],
    ]);
    const paths = [1, 2, 3].map((length) => STEPS.slice(0, length));
    const { values, prompts, mass } = await createPromptedScorer(scorer).score(problem, paths);
    expect(prompts).toEqual({ promptTokens: 300, prefilledTokens: 60 });
    expect(values[0]).toBeCloseTo(0.75);
    expect(values[1]).toBeCloseTo(0.25);
    expect(values[2]).toBe(0);
    expect(mass).toBeCloseTo((0.8 + 0.8 + 0.5) / 3);
    expect(queries.every(({ tokens }) => tokens.join() === "Yes,yes,YES,No,no,NO")).toBe(true);
  });

  it("is a half for a path without steps, which is not asked about, and where one answer says nothing", async () => {
    const { scorer, queries } = scripted([[0], [0.9, 0, 0, 0.1]]);
    const { values } = await createPromptedScorer(scorer).score(problem, [STEPS.slice(0, 1), [], STEPS.slice(0, 2)]);
    expect(values).toEqual([0.5, 0.5, 0.9]);
    expect(queries).toHaveLength(2);
  });

  it("refuses to make values of answers that are neither, and says how many are", async () => {
    // As a model that begins to think: `<think>` has nearly all of the mass.
    const { scorer } = scripted([
      [0.001, 0, 0, 0.002],
      [0.0, 0.001, 0, 0],
    ]);
    const asked = createPromptedScorer(scorer).score(problem, [STEPS.slice(0, 1), STEPS]);
    await expect(asked).rejects.toMatchObject({
      code: "model/no-judgement",
      message: expect.stringContaining("0.2 %"),
    });
    const silent = createPromptedScorer(scripted([]).scorer).score(problem, [STEPS]);
    await expect(silent).rejects.toThrow("less than 0.1 %");
  });

  it("asks nothing for no paths", async () => {
    const { scorer, queries } = scripted([]);
    expect(await createPromptedScorer(scorer).score(problem, [[]])).toEqual({ values: [0.5] });
    expect(queries).toHaveLength(0);
  });

  it("asks about the whole path: whether it can become a correct program, or is one", async () => {
    const { scorer, queries } = scripted(STEPS.map(() => [1]));
    await createPromptedScorer(scorer).score(problem, [STEPS.slice(0, 1), STEPS.slice(0, 2), STEPS]);
    const asked = queries.map(({ prompt }) => (typeof prompt === "string" ? "" : (prompt.at(-1)?.content ?? "")));
    expect(queries.map(({ prompt }) => prompt.length)).toEqual([2, 2, 2]);
    expect(asked.every((text) => text.includes("Double every number.") && text.includes("walk over the list"))).toBe(
      true,
    );
    expect(asked.map((text) => text.includes("emit 2 * x"))).toEqual([false, true, true]);
    expect(asked.map((text) => /can this still become/i.test(text))).toEqual([true, true, false]);
    expect(asked[2]).toContain("return [2 * x for x in xs]");
    expect(asked.every((text) => text.endsWith("Answer Yes or No."))).toBe(true);
  });
});
