import { describe, expect, it } from "vitest";
import type { Completion, PolicyModel, SampleRequest } from "../../ports/policy-model";
import { problemOf } from "../../testing/problem";
import { createPromptedTestGenerator } from "./test-generator";

const problem = problemOf({
  statement: "Double every number.",
  language: "python",
  entryPoint: "double_all",
  visibleTests: [{ input: [[1]], expected: [2] }],
});

/** Says the given texts, one a completion, each of 7 tokens. */
function scripted(texts: readonly string[], finish: Completion["finish"] = "stop") {
  const requests: SampleRequest[] = [];
  const policy: PolicyModel = {
    info: { id: "scripted", backend: "scripted", contextLength: 4096, protocol: "chat" },
    sample: async (batch) => {
      const from = requests.reduce((sum, { count }) => sum + count, 0);
      requests.push(...batch);
      return batch.map(({ count }) => ({
        completions: texts
          .slice(from, from + count)
          .map((text) => ({ text, tokens: 7, logProbs: [], pieces: [], finish })),
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
    expect(prompts).toEqual({ promptTokens: 100, prefilledTokens: 100 });
  });

  it("buys no draft beyond the tests that are wanted, and more only while some lack", async () => {
    const lines = ["[3]) == [6]", "[4]) == [8]", "[5]) == [10]"].map((rest) => `assert double_all(${rest}`);
    const enough = scripted([lines.join("\n"), "assert double_all([9]) == [18]"]);
    const { tests, tokens } = await createPromptedTestGenerator(enough.policy).generate(problem, 3, 1);
    expect([tests.length, tokens, enough.requests.map(({ count }) => count)]).toEqual([3, 7, [1]]);
    const never = scripted(["I cannot.", "No.", "assert double_all([9]) == [18]"]);
    const lacking = await createPromptedTestGenerator(never.policy).generate(problem, 3, 1);
    expect([lacking.tests.length, lacking.tokens]).toEqual([0, 14]);
    expect(new Set(never.requests.map(({ seed }) => seed)).size).toBe(2);
  });

  it("reads no line that the limit cut: what is left of it may look whole", async () => {
    const { policy } = scripted(["assert double_all([3]) == [6]\nassert double_all([40]) == [8", "x"], "length");
    const { tests } = await createPromptedTestGenerator(policy).generate(problem, 2, 1);
    expect(tests).toEqual([{ input: [[3]], expected: [6] }]);
    const cut = scripted(["assert double_all([3]) == [6]\nassert len(double_all([0] * 20)) == 2", "x"], "length");
    expect((await createPromptedTestGenerator(cut.policy).generate(problem, 2, 1)).tests).toHaveLength(1);
  });

  it("reads no run of a program that the limit cut", async () => {
    const whole = { ...problem, entryPoint: null, visibleTests: [] };
    const { policy } = scripted(["Input:\n1\nOutput:\n2\n\nInput:\n10\nOutput:\n2", "x"], "length");
    const { tests } = await createPromptedTestGenerator(policy).generate(whole, 2, 1);
    expect(tests).toEqual([{ stdin: "1\n", stdout: "2\n" }]);
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
