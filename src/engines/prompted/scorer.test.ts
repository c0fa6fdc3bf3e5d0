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

/** Answers each batch with the given probabilities of `+` and `-`, and keeps what it was asked. */
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
  it("is the probability of + among + and -", async () => {
    const { scorer, queries } = scripted([
      [0.6, 0.2],
      [0.1, 0.3],
      [0, 0.5],
    ]);
    const paths = [1, 2, 3].map((length) => STEPS.slice(0, length));
    const { values, prompts } = await createPromptedScorer(scorer).score(problem, paths);
    expect(prompts).toEqual({ promptTokens: 300, prefilledTokens: 60 });
    expect(values[0]).toBeCloseTo(0.75);
    expect(values[1]).toBeCloseTo(0.25);
    expect(values[2]).toBe(0);
    expect(queries.every(({ tokens }) => tokens.join() === "+,-")).toBe(true);
  });

  it("is a half when the model gives neither, and for a path without steps, which is not asked about", async () => {
    const { scorer, queries } = scripted([
      [0, 0],
      [0.9, 0.1],
    ]);
    const { values } = await createPromptedScorer(scorer).score(problem, [STEPS.slice(0, 1), [], STEPS.slice(0, 2)]);
    expect(values).toEqual([0.5, 0.5, 0.9]);
    expect(queries).toHaveLength(2);
  });

  it("asks nothing for no paths", async () => {
    const { scorer, queries } = scripted([]);
    expect(await createPromptedScorer(scorer).score(problem, [[]])).toEqual({ values: [0.5] });
    expect(queries).toHaveLength(0);
  });

  it("asks about a child by its parent's conversation, the judge's + and the next step", async () => {
    const { scorer, queries } = scripted([]);
    await createPromptedScorer(scorer).score(problem, [STEPS.slice(0, 1), STEPS.slice(0, 2), STEPS]);
    const prompts = queries.map(({ prompt }) => prompt);
    for (const [parent, child] of [prompts.slice(0, 2), prompts.slice(1, 3)]) {
      if (typeof parent !== "object" || typeof child !== "object") throw new TypeError("not a conversation");
      expect(child.slice(0, parent.length)).toEqual(parent);
      expect(child.slice(parent.length).map(({ role }) => role)).toEqual(["assistant", "user"]);
      expect(child[parent.length]?.content).toBe("+");
    }
    expect(JSON.stringify(prompts[0])).toContain("Double every number.");
    expect(JSON.stringify(prompts[2]?.at(-1))).toContain("return [2 * x for x in xs]");
  });
});
