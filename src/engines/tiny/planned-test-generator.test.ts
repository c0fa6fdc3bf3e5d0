import { describe, expect, it } from "vitest";
import { readPlan } from "../../core/protocol/tiny-tests";
import type { PolicyModel, SampleRequest } from "../../ports/policy-model";
import { problemOf } from "../../testing/problem";
import { createPlannedTestGenerator } from "./planned-test-generator";

const problem = problemOf({
  statement: "Do something secret.",
  visibleTests: [
    { input: [[1, 2]], expected: [2] },
    { input: [[4, 3]], expected: [4] },
  ],
});

const RUN: Readonly<Record<string, (list: readonly number[]) => readonly number[]>> = {
  "1. keep the even ones": (xs) => xs.filter((x) => x % 2 === 0),
  "1. take the last 1": (xs) => xs.slice(-1),
  "1. keep those above 1": (xs) => xs.filter((x) => x > 1 && x !== 3),
};

/** A model that draws the given plans, round by round, and the given inputs, and executes what it knows. */
function scripted(rounds: readonly (readonly string[])[], inputs: readonly string[]) {
  const requests: SampleRequest[] = [];
  let round = 0;
  const answer = (prompt: string, count: number): readonly string[] => {
    if (prompt.endsWith("<tests><define>")) return rounds[round++] ?? [];
    if (prompt.endsWith("<input>")) return inputs;
    const [, plan = "", input = ""] = /<define>(.*)<end><input>(.*)<end>$/s.exec(prompt) ?? [];
    const output = RUN[plan]?.(JSON.parse(input) as number[]);
    const right = output ? `<output>[${output.join(", ")}]<end><eos>` : "<eos>";
    // Of several executions the first slips.
    return Array.from({ length: count }, (_, i) => (i === 0 && count > 1 ? "<output>[0]<end><eos>" : right));
  };
  const policy: PolicyModel = {
    info: { id: "scripted", backend: "scripted", contextLength: 256 },
    sample: async (batch) => {
      requests.push(...batch);
      return batch.map((request) => ({
        completions: answer(String(request.prompt), request.count).map((text) => ({
          ...{ text, tokens: 2, logProbs: [0, 0], pieces: [text, ""] },
          finish: "stop" as const,
        })),
        promptTokens: 10,
        prefilledTokens: 10,
      }));
    },
  };
  return { policy, requests };
}

const [EVEN, LAST, ABOVE] = Object.keys(RUN) as [string, string, string];
const search = { plansPerRound: 3, rounds: 2, executions: 1 };

describe("planned test generator", () => {
  it("keeps the plan that gives every example's output, and executes it on new inputs", async () => {
    const { policy, requests } = scripted(
      [[`${LAST}<end>`, `${EVEN}<end>`, "nonsense"]],
      ["[6, 1]<end>", "[5, 8]<end>"],
    );
    const { tests, tokens, proposals } = await createPlannedTestGenerator(policy, search).generate(problem, 2, 1);
    expect(tests).toEqual([
      { input: [[6, 1]], expected: [6] },
      { input: [[5, 8]], expected: [8] },
    ]);
    expect(proposals).toEqual({ inputs: 2, malformed: 0, repeated: 0 });
    // One plan passes both examples, the other only the first; then two inputs and two executions.
    const executions = requests.filter(({ prompt }) => String(prompt).startsWith("<execute>"));
    expect(executions).toHaveLength(2 + 2 + 2);
    expect(executions.every(({ prompt, temperature }) => !String(prompt).includes("secret") && temperature === 0)).toBe(
      true,
    );
    expect(tokens).toBe(2 * (3 + 2 + 6));
  });

  it("looks again when no plan of a round is right", async () => {
    const { policy } = scripted([[`${LAST}<end>`], [`${LAST}<end>`, `${EVEN}<end>`]], ["[6, 1]<end>"]);
    const { tests } = await createPlannedTestGenerator(policy, search).generate(problem, 1, 1);
    expect(tests).toEqual([{ input: [[6, 1]], expected: [6] }]);
  });

  it("has the plans that are right vote, each as often as it was drawn", async () => {
    const { policy } = scripted([[`${ABOVE}<end>`, `${EVEN}<end>`, `${ABOVE}<end>`]], ["[7, 1]<end>"]);
    const { tests } = await createPlannedTestGenerator(policy, search).generate(problem, 1, 1);
    expect(tests).toEqual([{ input: [[7, 1]], expected: [7] }]);
  });

  it("bears slips in execution, where each is made several times", async () => {
    const several = { ...search, executions: 3 };
    const { policy } = scripted([[`${LAST}<end>`, `${EVEN}<end>`]], ["[6, 1]<end>"]);
    const { tests } = await createPlannedTestGenerator(policy, several).generate(problem, 1, 1);
    expect(tests).toEqual([{ input: [[6, 1]], expected: [6] }]);
  });

  it("goes by a plan that is drawn again and again, though it fails an example", async () => {
    const { policy } = scripted(
      [
        [`${LAST}<end>`, `${LAST}<end>`, "<end>"],
        [`${LAST}<end>`, `${LAST}<end>`],
      ],
      ["[6, 1]<end>"],
    );
    const { tests } = await createPlannedTestGenerator(policy, search).generate(problem, 1, 1);
    expect(tests).toEqual([{ input: [[6, 1]], expected: [1] }]);
  });

  it("writes no tests when it has found no plan that is right", async () => {
    const { policy } = scripted([[`${LAST}<end>`], ["<end>", ""]], ["[6, 1]<end>"]);
    const { tests } = await createPlannedTestGenerator(policy, search).generate(problem, 1, 1);
    expect(tests).toEqual([]);
  });
});

describe("readPlan", () => {
  it("reads numbered lines, and nothing else", () => {
    expect(readPlan("1. reverse\n2. add 1 to each<end>")).toBe("1. reverse\n2. add 1 to each");
    for (const text of [
      "",
      "<end>",
      "1. reverse",
      "reverse<end>",
      "2. reverse<end>",
      "1. \n2. add<end>",
      "1. a<code>b<end>",
    ])
      expect(readPlan(text), text).toBeUndefined();
    expect(readPlan(`1. ${"a".repeat(1_000_000)}<end>`)).toBeUndefined();
  });
});
