import { describe, expect, it } from "vitest";
import { type Chain, chainKey, evaluate } from "../../puzzles/chain";
import { applicationOf, parseChainKey } from "../../puzzles/operations";
import { splitOf } from "../../puzzles/splits";
import { createTestsCorpus } from "./tests-corpus";

function sample(count: number, progress: number) {
  const corpus = createTestsCorpus(7);
  return Array.from({ length: count }, () => corpus.next(progress).segments);
}

const textOf = (segments: ReturnType<typeof sample>[number]) => segments.map(({ text }) => text).join("");

function chainOf(plan: string): Chain {
  const found = plan.split("\n").map((line) => applicationOf(line.replace(/^\d\. /, "")));
  return found.map((application) => {
    if (!application) throw new Error(plan);
    return application;
  });
}

describe("the test-case generator's corpus", () => {
  const texts = sample(160, 1).map(textOf);

  it("gives the same texts for the same seed", () => {
    expect(sample(10, 0.5)).toEqual(sample(10, 0.5));
    expect(createTestsCorpus(8).next(0.5)).not.toEqual(createTestsCorpus(7).next(0.5));
  });

  it("executes rightly, line by line, on training chains only", () => {
    const chains = texts.filter((text) => text.startsWith("<execute><define>"));
    expect(chains.length).toBeGreaterThan(30);
    for (const text of chains) {
      const [, plan = "", input = "", output = ""] =
        /<define>(.*?)<end><input>(.*?)<end>.*<output>(.*?)<end>/s.exec(text) ?? [];
      const chain = chainOf(plan);
      expect(splitOf(parseChainKey(chainKey(chain)))).toBe("train");
      expect(JSON.parse(output)).toEqual(evaluate(chain, JSON.parse(input) as number[]));
    }
    for (const [, wording = "", before = "", after = ""] of texts
      .join("\n")
      .matchAll(/<refine>\d\. (.*?): (.*?) -> (.*?)<end>/g))
      expect(JSON.parse(after), wording).toEqual(evaluate(chainOf(`1. ${wording}`), JSON.parse(before) as number[]));
  });

  it("names the operations that give the examples' outputs", () => {
    const plans = texts.filter((text) => text.startsWith("<problem>"));
    expect(plans.length).toBeGreaterThan(30);
    for (const text of plans) {
      const chain = chainOf(/<tests><define>(.*?)<end>/s.exec(text)?.[1] ?? "");
      for (const [, input = "", output = ""] of text.matchAll(/^(\[.*?\]) -> (.*)$/gm))
        expect(JSON.parse(output)).toEqual(evaluate(chain, JSON.parse(input) as number[]));
    }
  });

  it("asks for little where nothing can be known, and begins with single operations", () => {
    const noise = sample(60, 1)
      .flat()
      .filter(({ text }) => text.startsWith("<input>"));
    expect(noise.length).toBeGreaterThan(10);
    expect(noise.every(({ weight }) => weight > 0 && weight < 0.1)).toBe(true);
    const singles = (progress: number) =>
      sample(80, progress)
        .map(textOf)
        .filter((text) => text.startsWith("<execute><refine>")).length;
    expect(singles(0)).toBeGreaterThan(1.5 * singles(1));
  });
});
