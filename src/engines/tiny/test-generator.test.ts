import { describe, expect, it } from "vitest";
import type { PolicyModel, SampleRequest } from "../../ports/policy-model";
import { problemOf } from "../../testing/problem";
import { createTinyTestGenerator } from "./test-generator";

const problem = problemOf({
  statement: "Keep the even numbers.",
  visibleTests: [{ input: [[1, 2]], expected: [2] }],
});

/** Answers with the given inputs, then executes each with the given texts. */
function scripted(inputs: readonly string[], executions: Readonly<Record<string, string | readonly string[]>>) {
  const requests: SampleRequest[] = [];
  const complete = (text: string) => ({
    text,
    tokens: 3,
    logProbs: [0, 0, 0],
    pieces: [text],
    finish: "stop" as const,
  });
  const policy: PolicyModel = {
    info: { id: "scripted", backend: "scripted", contextLength: 256 },
    sample: async (batch) => {
      requests.push(...batch);
      return batch.map((request) => {
        const input = /<input>(.*)<end>$/.exec(String(request.prompt))?.[1];
        const texts = input === undefined ? inputs : [executions[input] ?? ""].flat();
        return { completions: texts.map(complete), promptTokens: 10, prefilledTokens: 10 };
      });
    },
  };
  return { policy, requests };
}

describe("tiny test generator", () => {
  it("samples inputs warm, executes them greedily and reads the outputs", async () => {
    const { policy, requests } = scripted(["[4, 7]<end>", "[3]<end>"], {
      "[4, 7]": "<refine>1. keep the even ones: [4, 7] -> [4]<end><output>[4]<end><eos>",
      "[3]": "<output>[]<end><eos>",
    });
    const { tests, tokens, prompts } = await createTinyTestGenerator(policy).generate(problem, 2, 1);
    expect(prompts).toEqual({ promptTokens: 30, prefilledTokens: 30 });
    expect(tests).toEqual([
      { input: [[4, 7]], expected: [4] },
      { input: [[3]], expected: [] },
    ]);
    expect(tokens).toBe(12);
    expect(requests.map((request) => request.temperature)).toEqual([1, 0, 0]);
  });

  it("drops what is malformed, known or repeated, and keeps to the count", async () => {
    const { policy } = scripted(
      ["[4, <end>", "[1, 2]<end>", "[5]<end>", "[5]<end>", "12<end>", "[6]<end>", "[8]<end>"],
      {
        "[5]": "<output>[5, ]<end><eos>",
        "[6]": "<output>6<end><eos>",
      },
    );
    const { tests, proposals } = await createTinyTestGenerator(policy).generate(problem, 2, 1);
    expect(tests).toEqual([{ input: [[6]], expected: 6 }]);
    // Two inputs and one output are malformed; an example's input and one of before came again.
    expect(proposals).toEqual({ inputs: 7, malformed: 3, repeated: 2 });
  });

  it("lets executions vote where it is told to, the malformed ones without a voice", async () => {
    const outputs = ["<output>[7]<end>", "<output>[4]<end>", "nothing", "<output>[4]<end>", "nothing"];
    const { policy, requests } = scripted(["[4, 7]<end>"], { "[4, 7]": outputs });
    const { tests } = await createTinyTestGenerator(policy, 5).generate(problem, 1, 1);
    expect(tests).toEqual([{ input: [[4, 7]], expected: [4] }]);
    expect(requests.at(-1)).toMatchObject({ count: 5, temperature: 0.8 });
  });

  it("gives no tests when the model proposes no input", async () => {
    const { policy } = scripted(["nothing<end>"], {});
    expect(await createTinyTestGenerator(policy).generate(problem, 4, 1)).toEqual({
      tests: [],
      tokens: 3,
      prompts: { promptTokens: 10, prefilledTokens: 10 },
      proposals: { inputs: 1, malformed: 1, repeated: 0 },
    });
  });
});
