import { describe, expect, it } from "vitest";
import { readTestOutput } from "../../core/protocol/tiny";
import type { PolicyModel, SampleRequest } from "../../ports/policy-model";
import { drawnPairs, exchangedPairs, type TestPair } from "./test-pairs";

/** Answers plans with `plans` and executions with `executions`. */
function scripted(plans: readonly string[], executions: readonly string[]): PolicyModel {
  const answer = ({ prompt }: SampleRequest) => (String(prompt).endsWith("<define>") ? plans : executions);
  return {
    info: { id: "scripted", backend: "scripted", contextLength: 256 },
    sample: async (requests) =>
      requests.map((request) => ({
        completions: answer(request).map((text) => {
          const isCut = text === "cut";
          return {
            text,
            tokens: 1,
            logProbs: [0],
            pieces: [text],
            finish: isCut ? ("length" as const) : ("stop" as const),
          };
        }),
        ...{ promptTokens: 1, prefilledTokens: 1 },
      })),
  };
}

const isPlan = ({ prompt }: TestPair) => prompt.endsWith("<define>");

describe("pairs with exchanged outputs", () => {
  it("differ in the output alone, and the rejected one is the other input's", () => {
    for (let index = 0; index < 20; index++) {
      const [a, b] = exchangedPairs(1, index) as [TestPair, TestPair];
      const outputs = [a.chosen, b.chosen, a.rejected, b.rejected].map(readTestOutput);
      expect(outputs[0]).not.toEqual(outputs[1]);
      expect([outputs[2], outputs[3]]).toEqual([outputs[1], outputs[0]]);
      expect(a.rejected.split("<output>")[0]).toBe(a.chosen.split("<output>")[0]);
    }
    expect(exchangedPairs(1, 3)).toEqual(exchangedPairs(1, 3));
  });
});

describe("pairs that are drawn", () => {
  const wrong = "1. reverse\n2. halve each, rounding down<end>";

  it("reject what is wrong, each text once, and at most two for a question", async () => {
    const executions = ["<output>[1]<end><eos>", "<output>[1]<end><eos>", "nonsense<eos>", "<eos>"];
    const pairs = await drawnPairs(scripted([wrong, wrong, "1. fly<end>"], executions), 1, 0, 6);
    expect(pairs.filter(isPlan)).toHaveLength(12);
    const [first, second, ...others] = pairs.filter((pair) => !isPlan(pair));
    expect([first?.rejected, second?.rejected]).toEqual([executions[0], executions[2]]);
    expect(others).toHaveLength(10);
  });

  it("reject nothing that is true in other words, and nothing that was cut off", async () => {
    const truthOf = async (index: number) => (await drawnPairs(scripted([wrong], []), 1, index, index + 1))[0]?.chosen;
    const truths = await Promise.all(Array.from({ length: 8 }, (_, index) => truthOf(index)));
    const index = truths.findIndex((truth) => truth !== undefined && !truth.includes("return"));
    const truth = truths[index]?.replace("<end>", "") ?? "";
    const length = truth.split("\n").length;
    const turnedTwice = `${truth}\n${length + 1}. reverse\n${length + 2}. reverse<end>`;
    const turnedOnce = `${truth}\n${length + 1}. reverse<end>`;
    const kept = await drawnPairs(scripted([turnedTwice, "cut", turnedOnce], ["cut"]), 1, index, index + 1);
    expect(kept.map(({ rejected }) => rejected)).toEqual([turnedOnce]);
  });
});
