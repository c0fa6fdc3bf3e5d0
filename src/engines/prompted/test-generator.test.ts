import { describe, expect, it } from "vitest";
import type { PolicyModel, SampleRequest } from "../../ports/policy-model";
import { problemOf } from "../../testing/problem";
import { createPromptedTestGenerator } from "./test-generator";

const problem = problemOf({
  statement: "Double every number.",
  language: "python",
  entryPoint: "double_all",
  visibleTests: [{ input: [[1]], expected: [2] }],
});

/** Says the given texts, one a completion, each of 7 tokens. */
function scripted(texts: readonly string[]) {
  const requests: SampleRequest[] = [];
  const policy: PolicyModel = {
    info: { id: "scripted", backend: "scripted", contextLength: 4096, protocol: "chat" },
    sample: async (batch) => {
      requests.push(...batch);
      return batch.map(() => ({
        completions: texts.map((text) => ({ text, tokens: 7, logProbs: [], pieces: [], finish: "stop" as const })),
        promptTokens: 50,
        prefilledTokens: 50,
      }));
    },
  };
  return { policy, requests };
}

describe("prompted test generator", () => {
  it("reads what was asked for, once each, and counts every token", async () => {
    const { policy } = scripted([
      "```python\nassert double_all([1]) == [2]\nassert double_all([3]) == [6]\nassert double_all([]) == []\n```\n### END",
      "assert double_all([3]) == [6]\nassert double_all([0, -1]) == [0, -2]\nassert double_all([9]) == [18]\n### END",
    ]);
    const { tests, tokens, prompts } = await createPromptedTestGenerator(policy).generate(problem, 3, 1);
    expect(tests).toEqual([
      { input: [[3]], expected: [6] },
      { input: [[]], expected: [] },
      { input: [[0, -1]], expected: [0, -2] },
    ]);
    expect(tokens).toBe(14);
    expect(prompts).toEqual({ promptTokens: 50, prefilledTokens: 50 });
  });

  it("asks at the temperature of CodeT, with a seed of its own for each seed, in one conversation that ends with the user", async () => {
    const { policy, requests } = scripted([]);
    const generator = createPromptedTestGenerator(policy);
    await generator.generate(problem, 4, 1);
    await generator.generate(problem, 4, 1);
    await generator.generate(problem, 4, 2);
    expect(requests.map(({ temperature, topP }) => [temperature, topP])).toEqual([
      [0.8, 0.95],
      [0.8, 0.95],
      [0.8, 0.95],
    ]);
    const [first, again, other] = requests.map(({ seed }) => seed);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(requests[0]?.prompt).toMatchObject([{ role: "system" }, { role: "user" }]);
  });

  it("asks nothing when no test is wanted", async () => {
    const { policy, requests } = scripted([]);
    expect(await createPromptedTestGenerator(policy).generate(problem, 0, 1)).toEqual({ tests: [], tokens: 0 });
    expect(requests).toHaveLength(0);
  });
});
