import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LIST_APPLICATIONS, REDUCER_APPLICATIONS } from "../../puzzles/operations";
import { CORRUPTION, createCorpus, type TrainingExample } from "./corpus";
import { buildTokenizerJson } from "./vocabulary";

function textOf(example: TrainingExample): string {
  return example.segments.map((segment) => segment.text).join("");
}

function sampleTexts(count: number): readonly string[] {
  const corpus = createCorpus(5);
  return Array.from({ length: count }, () => textOf(corpus.next(1)));
}

describe("corpus", () => {
  it("gives the same texts for the same seed", () => {
    const [a, b, c] = [createCorpus(1), createCorpus(1), createCorpus(2)];
    const first = Array.from({ length: 20 }, () => a.next(0.5));
    expect(Array.from({ length: 20 }, () => b.next(0.5))).toEqual(first);
    expect(Array.from({ length: 20 }, () => c.next(0.5))).not.toEqual(first);
  });

  it("teaches execution first and whole tasks later", () => {
    const share = (progress: number) => {
      const corpus = createCorpus(1);
      const texts = Array.from({ length: 400 }, () => textOf(corpus.next(progress)));
      return texts.filter((text) => text.startsWith("<execute>")).length / texts.length;
    };
    expect(share(0)).toBeGreaterThan(0.45);
    expect(share(1)).toBeLessThan(0.2);
  });

  it("corrupts some pseudocode, and its code always follows the pseudocode", () => {
    const wordings = [...LIST_APPLICATIONS, ...REDUCER_APPLICATIONS].map((application) => ({
      wording: application.operation.pseudocode(application.arg),
      code: application.operation.code(application.arg).join("\n  "),
    }));
    let corrupted = 0;
    let refines = 0;
    for (const text of sampleTexts(1500).filter((t) => t.includes("<think>"))) {
      const steps = [...text.matchAll(/<refine>\d\. (.*?): .*? -> (.*?)<end>/g)];
      refines += steps.length;
      const answer = / -> (.*)\n/.exec(text)?.[1];
      if (steps.at(-1)?.[2] !== answer) corrupted++;
      for (const [, wording] of steps) expect(text).toContain(wordings.find((w) => w.wording === wording)?.code);
    }
    const perPath = corrupted / (refines / 3.2);
    expect(perPath).toBeGreaterThan(CORRUPTION);
    expect(perPath).toBeLessThan(3 * CORRUPTION);
  });

  it("can be free of wrong steps, or of one kind of task alone", () => {
    const clean = createCorpus(5, { corruption: 0 });
    const paths = Array.from({ length: 300 }, () => textOf(clean.next(1))).filter((text) => text.includes("<think>"));
    expect(paths.length).toBeGreaterThan(50);
    for (const text of paths) {
      const steps = [...text.matchAll(/<refine>\d\. .*?: .*? -> (.*?)<end>/g)];
      expect(steps.at(-1)?.[1]).toBe(/ -> (.*)\n/.exec(text)?.[1]);
    }
    const vanilla = createCorpus(5, { only: "vanilla" });
    for (let i = 0; i < 50; i++) expect(textOf(vanilla.next(0))).toContain("<vanilla><code>");
  });

  it("masks prompts: nothing before the role marker counts in the loss", () => {
    const corpus = createCorpus(3);
    for (let i = 0; i < 200; i++) {
      for (const { text, weight } of corpus.next(1).segments) if (text.includes("<problem>")) expect(weight).toBe(0);
    }
  });
});

describe("vocabulary", () => {
  it("is what the app ships", () => {
    const file = new URL("../../../public/models/tiny/tokenizer.json", import.meta.url);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(buildTokenizerJson());
  });
});
