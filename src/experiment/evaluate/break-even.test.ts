import { describe, expect, it } from "vitest";
import type { CallTest } from "../../core/problem";
import { renderStep } from "../../core/protocol/tiny";
import { auc } from "../../core/scorer-metrics";
import type { Step } from "../../core/step";
import { evaluate } from "../../puzzles/chain";
import { generatePuzzle } from "../../puzzles/generator";
import { reasoningPath, renderSolution } from "../../puzzles/reasoning";
import { atRandom, createScriptedModel } from "../../testing/scripted/model";
import { createScriptedRunner } from "../../testing/scripted/runner";
import { type BreakEvenRow, createNoisyScorer, measureBreakEven } from "./break-even";

const puzzle = generatePuzzle("validation", "hinted", 0);
const path = reasoningPath(puzzle.chain, puzzle.problem.visibleTests[0]?.input[0] as readonly number[]);
const right = path.slice(0, 2);
const wrongPaths = Array.from({ length: 200 }, (_, i): readonly Step[] => [
  ...path.slice(0, 1),
  { kind: "refine", text: `1. wrong in way ${i}: [1] -> [1]` },
]);
/** Right however its list is worked, so that there can be many. */
const rightPaths = Array.from({ length: 200 }, (_, i): readonly Step[] => [
  ...path.slice(0, 1),
  { kind: "refine", text: `${right[1]?.text.split("->")[0]}-> [${i}]` },
]);

describe("the truth with noise", () => {
  it("is the truth without any", async () => {
    const scorer = createNoisyScorer(0, 1);
    expect((await scorer.score(puzzle.problem, [right, ...wrongPaths.slice(0, 2)])).values).toEqual([1, 0, 0]);
  });

  it("ranks as well as its noise lets it, and hears the same path alike", async () => {
    // Phi(1 / (0.7 * sqrt 2)) = 0.844; 200 of each are within 0.04 of it.
    const scorer = createNoisyScorer(0.7, 1);
    const { values } = await scorer.score(puzzle.problem, [...rightPaths, ...wrongPaths]);
    expect(auc(scorer.asked, 1)?.value).toBeGreaterThan(0.8);
    expect(auc(scorer.asked, 1)?.value).toBeLessThan(0.89);
    expect((await scorer.score(puzzle.problem, rightPaths)).values).toEqual(values.slice(0, 200));
    expect((await createNoisyScorer(0.7, 2).score(puzzle.problem, rightPaths)).values).not.toEqual(
      values.slice(0, 200),
    );
  });
});

describe("the break-even", () => {
  it("holds what needs no value against values of every quality, on the same problems", async () => {
    const texts = path.map(renderStep);
    const script: Record<string, string[]> = { "<think>": [`${texts.join("")}<eos>`, "<eos>", "<eos>"] };
    for (let steps = 1; steps < texts.length; steps++) {
      script[texts[steps - 1] ?? ""] = [`${texts.slice(steps).join("")}<eos>`, "<eos>", "<eos>"];
    }
    const policy = createScriptedModel(atRandom(script));
    const runner = createScriptedRunner((code: string, { input }: CallTest) =>
      code === renderSolution(puzzle.chain) ? evaluate(puzzle.chain, input[0] as readonly number[]) : undefined,
    );
    const rows: BreakEvenRow[] = [];
    const request = { split: "validation", tiers: ["hinted"], n: 1, budgetTokens: 5000, noises: [0, 1] } as const;
    for await (const row of measureBreakEven({ ...request, ports: { policy, runner }, seed: 1, now: () => 0 })) {
      rows.push(row);
    }
    expect(rows.map(({ strategy, noise }) => [strategy, noise])).toEqual([
      ["best-of-n", null],
      ["best-of-n-distinct", null],
      ["best-first", null],
      ["mcts-puct-distinct", null],
      ["mcts-scorer", 0],
      ["mcts-scorer", 1],
      ["best-first-scorer", 0],
      ["best-first-scorer", 1],
    ]);
    const [bestOfN, ...others] = rows;
    expect(bestOfN).toMatchObject({ solved: { value: 1 }, ratio: { value: 1, ci95: [1, 1] }, auc: null });
    for (const { meanTokens, medianTokens, ratio } of others) {
      expect(meanTokens).toBe(medianTokens);
      expect(ratio.value).toBeCloseTo(meanTokens / (bestOfN?.meanTokens ?? 1), 12);
    }
  });
});
