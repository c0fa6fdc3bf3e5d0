import { describe, expect, it } from "vitest";
import type { TestVerdict } from "../../core/verdict";
import type { StepScorer } from "../../ports/step-scorer";
import { generatePuzzle } from "../../puzzles/generator";
import { createScriptedModel } from "../../testing/scripted/model";
import { createScriptedRunner } from "../../testing/scripted/runner";
import { outcomeOf, rollOut } from "./rollouts";

const verdict = (kind: TestVerdict["kind"], passed: boolean): TestVerdict => ({
  kind,
  index: 0,
  expected: 1,
  ms: 0,
  ...(passed ? { verdict: "passed", got: 1 } : { verdict: "failed", got: 2 }),
});

describe("the outcome of a path", () => {
  it("on a problem's own tests is all or nothing", () => {
    expect(outcomeOf([verdict("visible", true), verdict("hidden", true)], "own")).toBe(1);
    expect(outcomeOf([verdict("visible", true), verdict("hidden", false), verdict("hidden", true)], "own")).toBe(0);
    expect(outcomeOf([], "own")).toBe(0);
  });

  it("on generated tests is a vote once the visible ones pass, whatever the hidden ones say", () => {
    const voted = [true, false, true, true].map((passed) => verdict("generated", passed));
    expect(outcomeOf([verdict("visible", true), ...voted, verdict("hidden", false)], "generated")).toBe(0.75);
    expect(outcomeOf([verdict("visible", false), ...voted, verdict("hidden", true)], "generated")).toBe(0);
    expect(outcomeOf([verdict("visible", true)], "generated")).toBe(1);
  });
});

describe("rollouts", () => {
  const texts = [
    "<define>d<end><refine>x<end><code>r<end><eos>",
    "<define>d<end><refine>x<end><code>w<end><eos>",
    "<define>d<end><refine>y<end>nonsense",
    "<define>d<end><refine>x<end><code>r<end><eos>",
  ];
  const policy = createScriptedModel((_, index) => ({ text: texts[index] ?? "" }));
  const asked: string[][] = [];
  const scorer: StepScorer = {
    async score(_, paths) {
      asked.push(paths.map((steps) => steps.map(({ text }) => text).join(" ")));
      return { values: paths.map((steps) => (steps.at(-1)?.text === "x" ? 0.9 : 0.4)) };
    },
  };
  let judged = 0;
  const runner = createScriptedRunner((code, { expected }) => (code === "r" ? expected : -1));
  const counting: typeof runner = {
    judge(program) {
      judged++;
      return runner.judge(program);
    },
  };
  const request = { samples: 4, tests: "own", seed: 1, now: () => 0, signal: new AbortController().signal } as const;

  it("keep what was drawn, where steps end, verdicts and step values", async () => {
    const puzzles = [generatePuzzle("train", "described", 0)];
    const { groups } = await rollOut({ ...request, puzzles, ports: { policy, runner: counting, scorer } });
    const [first, wrong, broken] = groups[0]?.rollouts ?? [];
    expect(groups[0]?.rollouts.map(({ outcome }) => outcome)).toEqual([1, 0, 0, 1]);
    expect(first?.steps.map(({ kind }) => kind)).toEqual(["define", "refine", "code"]);
    expect(first?.ends).toEqual([3, 6, 10]);
    expect(first?.logProbs).toHaveLength(10);
    expect(first?.process).toEqual([0.4, 0.9]);
    expect(new Set(wrong?.verdicts.map(({ kind }) => kind))).toEqual(new Set(["visible", "hidden"]));
    // What is no step is worth nothing, and there is no program to judge.
    expect(broken).toMatchObject({ process: [0.4, 0.4, 0], verdicts: [] });
    // What paths share is scored once, and equal programs are judged once.
    expect(asked).toEqual([["d", "d x", "d y"]]);
    expect(judged).toBe(2);
  });

  it("let a test-case generator's tests decide, and keep the hidden ones for measuring", async () => {
    const puzzles = [generatePuzzle("train", "described", 0)];
    const [puzzle] = puzzles;
    const example = puzzle?.problem.visibleTests[0];
    if (!example) throw new RangeError("no example");
    const tests = [{ ...example, input: [[1, 2, 3]] }];
    const testGenerator = { generate: async () => ({ tests, tokens: 5 }) };
    const { groups } = await rollOut({
      ...request,
      tests: "generated",
      puzzles,
      ports: { policy, runner, testGenerator },
    });
    const [first] = groups[0]?.rollouts ?? [];
    expect(new Set(first?.verdicts.map(({ kind }) => kind))).toEqual(new Set(["visible", "generated", "hidden"]));
    expect(first).toMatchObject({ outcome: 1, process: null });
  });
});
