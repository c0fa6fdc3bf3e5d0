import { describe, expect, it } from "vitest";
import { type GoldStep, parseGoldSet } from "../../core/data/gold";
import { prefixOf, type ReasoningNode, type ReasoningTree } from "../../core/data/reasoning";
import type { CallTest } from "../../core/problem";
import { renderStep } from "../../core/protocol/tiny";
import type { Step } from "../../core/step";
import type { StepScorer } from "../../ports/step-scorer";
import { evaluate } from "../../puzzles/chain";
import { generatePuzzle, puzzleOf } from "../../puzzles/generator";
import { reasoningPath, renderSolution } from "../../puzzles/reasoning";
import { createScriptedModel, inTurn } from "../../testing/scripted/model";
import { createScriptedRunner } from "../../testing/scripted/runner";
import { PRESETS } from "../spec/presets";
import { type GoldSetRequest, makeGoldSet } from "./gold-set";
import { copiesOutput, measureScorer, type ScorerQuality } from "./scorer-quality";

const puzzles = [0, 1].map((index) => generatePuzzle("validation", "hinted", index, 3));

/** The true path, and beside its first refinement one that is wrong, visited and won as the search had it. */
function treeOf(index: number): ReasoningTree {
  const puzzle = puzzles[index];
  if (!puzzle) throw new RangeError(String(index));
  const { problem, chain } = puzzle;
  const path = reasoningPath(chain, problem.visibleTests[0]?.input[0] as readonly number[]);
  const node = (parent: number | null, step: Step, isRight: boolean): ReasoningNode => ({
    ...{ parent, step, visitCount: 4, valueSum: isRight ? 3 : 1, logProb: isRight ? -2 : -1 },
    ...{ pass: step.kind === "code" ? 1 : null, reached: isRight, exact: isRight },
  });
  const right = path.map((step, depth) => node(depth === 0 ? null : depth - 1, step, true));
  const wrong = node(0, { kind: "refine", text: "1. a slip: [1] -> [-1]" }, false);
  const never: ReasoningNode = { ...wrong, visitCount: 0, valueSum: 0 };
  return { problem, nodes: [...right, wrong, never, { ...wrong, deadEnd: "grammar" }], tokens: 10 };
}

const trees = puzzles.map((_, index) => treeOf(index));

/** Thinks `value` of every path. */
const scorerOf = (value: (steps: readonly Step[]) => number): StepScorer => ({
  score: (_, paths) =>
    Promise.resolve({
      values: paths.map(value),
      prompts: { promptTokens: 10 * paths.length, prefilledTokens: paths.length },
    }),
});
const knowing = scorerOf((steps) => (steps.at(-1)?.text.includes("slip") ? 0.2 : 0.8));

async function qualityOf(scorer: StepScorer | null, gold: readonly GoldStep[] = []): Promise<ScorerQuality> {
  const measuring = measureScorer({ scorer, trees, gold, seed: 1 });
  let next = await measuring.next();
  while (!next.done) next = await measuring.next();
  return next.value;
}

describe("a step scorer", () => {
  it("is measured on the steps that lead on, overall, by depth and among siblings, against both truths", async () => {
    const { tiers, cost } = await qualityOf(knowing);
    const { all, hinted } = tiers;
    const leading = trees
      .flatMap(({ nodes }) => nodes)
      .filter(({ step, deadEnd, visitCount }) => {
        return step.kind !== "code" && deadEnd === undefined && visitCount > 0;
      }).length;
    expect(all).toEqual(hinted);
    expect(all).toMatchObject({ problems: 2, steps: leading });
    expect(all?.right.exact).toBeCloseTo((leading - 2) / leading, 12);
    expect(cost).toEqual({ steps: leading, promptTokens: 10 * leading, prefilledTokens: leading });
    for (const truth of ["exact", "reached"] as const) {
      const own = all?.rankings[truth].scorer;
      expect(own?.auc?.value).toBe(1);
      expect(own?.siblings).toMatchObject({ value: 1, n: 2 });
      // Defines are all right, so at their depth nothing can be ranked.
      expect(own?.byDepth[0]).toEqual({ depth: 1, auc: null });
      expect(own?.byDepth[1]).toMatchObject({ depth: 2, auc: { value: 1, n: 4 } });
    }
  });

  it("stands beside what costs nothing", async () => {
    const { tiers, cost } = await qualityOf(null);
    const { exact = {}, reached = {} } = tiers.all?.rankings ?? {};
    expect(cost).toBeNull();
    expect(exact.scorer).toBeUndefined();
    // The wrong refinement is likelier than its sibling.
    expect(exact["step-log-prob"]?.siblings.value).toBe(0);
    expect(exact["monte-carlo"]?.siblings.value).toBe(1);
    expect(reached["monte-carlo"]).toBeUndefined();
    expect(exact["copy-check"]?.auc?.value).toBeGreaterThan(0.5);
  });

  it("is refused when it gives no estimates", async () => {
    await expect(qualityOf(scorerOf(() => Number.NaN))).rejects.toMatchObject({ code: "model/bad-answer" });
  });
});

describe("the copy check", () => {
  it("holds the last worked list against the first example", () => {
    const tree = trees[0];
    const last = tree?.nodes.findIndex(({ step }) => step.kind === "code") ?? 0;
    if (!tree) throw new RangeError();
    expect(copiesOutput(tree.problem, prefixOf(tree, last).slice(0, -1))).toBe(true);
    expect(copiesOutput(tree.problem, prefixOf(tree, last))).toBe(false);
    expect(copiesOutput(tree.problem, [{ kind: "refine", text: "1. nothing" }])).toBe(false);
  });
});

describe("a gold set", () => {
  /** After a right path its rest, and now and then nonsense; after the wrong one a program that is wrong. */
  function requestOf(change: Partial<GoldSetRequest> = {}): GoldSetRequest {
    const script: Record<string, string[]> = { "[-1]<end>": ["<code>wrong<end><eos>"] };
    for (const { problem, chain } of puzzles) {
      const path = reasoningPath(chain, problem.visibleTests[0]?.input[0] as readonly number[]).map(renderStep);
      for (let steps = 1; steps < path.length; steps++) {
        const rest = path.slice(steps).join("");
        script[path[steps - 1] ?? ""] = [`${rest}<eos>`, "oops<eos>", `${rest}<eos>`, "<eos>"];
      }
    }
    const runner = createScriptedRunner((code: string, { input }: CallTest) => {
      const made = puzzles.find(({ chain }) => renderSolution(chain) === code);
      return made && evaluate(made.chain, input[0] as readonly number[]);
    });
    return {
      ...{ ports: { policy: createScriptedModel(inTurn(script)), runner }, trees, steps: 5, rollouts: 8, seed: 1 },
      ...{ sampling: PRESETS["mcts-tiny"].sampling, ownTests: (id) => puzzleOf(id)?.hiddenTests ?? null },
      ...change,
    };
  }

  async function goldOf(change: Partial<GoldSetRequest> = {}): Promise<readonly GoldStep[]> {
    const steps: GoldStep[] = [];
    for await (const step of makeGoldSet(requestOf(change))) steps.push(step);
    return steps;
  }

  it("tells how often each step's path ends well, of all problems in turn", async () => {
    const gold = await goldOf({ steps: 100 });
    expect(gold).toHaveLength(trees.flatMap(({ nodes }) => nodes).length - 2 * 3);
    for (const { steps, rollouts, passes, rewardSum, exact } of gold) {
      expect(rollouts).toBe(8);
      expect(passes).toBe(steps.at(-1)?.text.includes("slip") ? 0 : 4);
      expect(rewardSum).toBe(passes);
      expect(exact).toBe(passes > 0);
    }
    const few = await goldOf({ steps: 4 });
    expect(few.map(({ problem }) => problem.id)).toEqual([0, 1, 0, 1].map((i) => puzzles[i]?.problem.id));
  });

  it("says whether estimates mean what they say", async () => {
    const { gold } = await qualityOf(
      scorerOf((steps) => (steps.at(-1)?.text.includes("slip") ? 0 : 0.5)),
      await goldOf({ steps: 100 }),
    );
    expect(gold?.scorer?.reward.ece.value).toBe(0);
    expect(gold?.scorer?.passes.brier).toBe(0);
    // W / N is 0.75 where one half is right, and 0.25 where nothing is.
    expect(gold?.monteCarlo.ece.value).toBeCloseTo(0.25, 12);
  });

  it("reads back, and names the lines that cannot be read", async () => {
    const [step] = await goldOf({ steps: 1 });
    const line = JSON.stringify(step);
    const broken = JSON.stringify({ ...step, passes: 9 });
    expect(parseGoldSet([line, broken, "{", ""].join("\n"))).toEqual({
      items: [step],
      broken: [
        { line: 2, message: "passes cannot be read: at most rollouts." },
        { line: 3, message: "It is not JSON." },
      ],
    });
  });

  it("is refused where nobody knows the tests", async () => {
    await expect(goldOf({ ownTests: () => null })).rejects.toMatchObject({ code: "input/unknown-problem" });
  });
});
