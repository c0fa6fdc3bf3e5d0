import { describe, expect, it } from "vitest";
import { readTestOutput } from "../../core/protocol/tiny";
import type { PolicyModel } from "../../ports/policy-model";
import { drawnPairs, exchangedPairs, type TestPair } from "./test-pairs";

/** Answers each prompt with these texts. */
function scripted(answersTo: (prompt: string) => readonly string[]): PolicyModel {
  return {
    info: { id: "scripted", backend: "scripted", contextLength: 256 },
    sample: async (requests) =>
      requests.map((request) => ({
        completions: answersTo(String(request.prompt)).map((text) => {
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
  it("reject what is wrong, each text once, at most two an input, and nothing that was cut off", async () => {
    const answers = ["cut", "<output>[1]<end><eos>", "<output>[1]<end><eos>", "nonsense<eos>", "<eos>"];
    const pairs = await drawnPairs(
      scripted(() => answers),
      1,
      0,
      6,
    );
    expect(pairs).toHaveLength(24);
    expect(pairs.slice(0, 2).map(({ rejected }) => rejected)).toEqual([answers[1], answers[3]]);
  });

  it("reject nothing that is true", async () => {
    const truths = new Map(
      (
        await drawnPairs(
          scripted(() => ["<eos>"]),
          1,
          0,
          6,
        )
      ).map(({ prompt, chosen }) => [prompt, chosen]),
    );
    expect(truths.size).toBe(12);
    expect(
      await drawnPairs(
        scripted((prompt) => [truths.get(prompt) ?? "<eos>"]),
        1,
        0,
        6,
      ),
    ).toEqual([]);
  });
});
