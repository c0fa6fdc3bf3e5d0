import { describe, expect, it } from "vitest";
import { formatTree } from "../core/data/lines";
import { passingPaths, prefixOf, type ReasoningTree } from "../core/data/reasoning";
import type { CallTest } from "../core/problem";
import { renderStep } from "../core/protocol/tiny";
import { PRESETS } from "../experiment/spec/presets";
import { evaluate } from "../puzzles/chain";
import { generatePuzzle } from "../puzzles/generator";
import { reasoningPath, renderSolution } from "../puzzles/reasoning";
import { splitOf } from "../puzzles/splits";
import { atRandom, createScriptedModel } from "../testing/scripted/model";
import { createScriptedRunner } from "../testing/scripted/runner";
import { type CollectRequest, collect, collectedPuzzles } from "./collect";
import { datasetRecord, parseDatasetRecord } from "./dataset";

const SPEC = {
  tier: "hinted",
  problems: 2,
  config: {
    ...PRESETS["mcts-tiny"],
    numGeneratedTests: 0,
    budget: { numSimulations: 24, maxTokens: null, maxSeconds: null, stopAtPass: false },
  },
  passes: 3,
  seed: 5,
} as const;

const puzzles = [0, 1].map((index) => generatePuzzle("train", "hinted", index, 5));

/** After the prompt of either puzzle: its true path, or that of the other. */
function requestOf(change: Partial<CollectRequest> = {}): CollectRequest {
  const paths = puzzles.map(({ chain, problem }) =>
    reasoningPath(chain, problem.visibleTests[0]?.input[0] as readonly number[]).map(renderStep),
  );
  const script: Record<string, string[]> = { "<think>": paths.map((path) => `${path.join("")}<eos>`) };
  for (const path of paths) {
    for (let steps = 1; steps < path.length; steps++) {
      script[path[steps - 1] ?? ""] = [`${path.slice(steps).join("")}<eos>`];
    }
  }
  const runner = createScriptedRunner((code: string, { input }: CallTest) => {
    const made = puzzles.find(({ chain }) => renderSolution(chain) === code);
    return made ? evaluate(made.chain, input[0] as readonly number[]) : undefined;
  });
  const ports = { policy: createScriptedModel(atRandom(script)), runner };
  return { ...SPEC, ports, done: new Set(), now: () => 0, ...change };
}

async function treesOf(request: CollectRequest): Promise<readonly ReasoningTree[]> {
  const trees: ReasoningTree[] = [];
  for await (const tree of collect(request)) trees.push(tree);
  return trees;
}

describe("collected trees", () => {
  it("are about training problems and say of each step how often it was visited, what it led to and whether it is right", async () => {
    const trees = await treesOf(requestOf());
    expect(trees.map(({ problem }) => problem.id).sort()).toEqual(["train-hinted-0-s5", "train-hinted-1-s5"]);
    for (const tree of trees) {
      const puzzle = puzzles.find(({ problem }) => problem.id === tree.problem.id);
      if (!puzzle) throw new RangeError(tree.problem.id);
      expect(splitOf(puzzle.chain)).toBe("train");
      const solution = renderSolution(puzzle.chain);
      expect(passingPaths(tree, 9).map((path) => path.at(-1)?.text)).toEqual([solution]);
      for (const [index, node] of tree.nodes.entries()) {
        expect(prefixOf(tree, index).length).toBeGreaterThan(0);
        expect(node.valueSum).toBeLessThanOrEqual(node.visitCount);
        if (node.step.kind === "code") expect(node.pass === 1).toBe(node.step.text === solution);
        if (node.reached) expect(node.exact).toBe(true);
      }
      const begins = tree.nodes.filter(({ parent }) => parent === null);
      expect(begins.some(({ reached }) => reached)).toBe(true);
    }
  });

  it("leave out what is there already", async () => {
    const trees = await treesOf(requestOf({ done: new Set(["train-hinted-0-s5"]) }));
    expect(trees.map(({ problem }) => problem.id)).toEqual(["train-hinted-1-s5"]);
  });

  it("end early when enough different programs pass", async () => {
    const visits = (trees: readonly ReasoningTree[]) =>
      trees.map(({ nodes }) =>
        nodes.reduce((sum, { parent, visitCount }) => sum + (parent === null ? visitCount : 0), 0),
      );
    for (const count of visits(await treesOf(requestOf({ passes: 1 })))) expect(count).toBeLessThan(24);
    for (const count of visits(await treesOf(requestOf()))) expect(count).toBe(24);
    for (const count of visits(await treesOf(requestOf({ passes: 1, unverified: true })))) expect(count).toBe(24);
  });

  it("are dropped when they are stopped half-way", async () => {
    expect(await treesOf(requestOf({ signal: AbortSignal.abort() }))).toEqual([]);
  });

  it("take the tiers in turn", () => {
    const ids = collectedPuzzles({ ...SPEC, tier: "all", problems: 5 }).map(({ id }) => id);
    expect(ids[2]).toBe("train-two-hidden-0-s5");
    expect(ids[4]).toBe("train-described-1-s5");
    const held = collectedPuzzles({ ...SPEC, split: "validation", problems: 1 });
    expect(held.map(({ id }) => id)).toEqual(["validation-hinted-0-s5"]);
  });
});

describe("a data set's record", () => {
  it("has an id of its content and reads back", async () => {
    const trees = await treesOf(requestOf());
    const info = requestOf().ports.policy.info;
    const record = await datasetRecord(SPEC, info, ["0123456789abcdef"], trees);
    expect(parseDatasetRecord(JSON.stringify(record))).toEqual(record);
    expect(record.counts).toMatchObject({ problems: 2, solved: 2, paths: 2 });
    const again = trees.map((tree) => JSON.parse(formatTree(tree)) as ReasoningTree);
    expect((await datasetRecord(SPEC, null, [], again)).id).toBe(record.id);
    expect((await datasetRecord(SPEC, info, [], trees.slice(1))).id).not.toBe(record.id);
  });

  it("is refused in words when it is none", () => {
    expect(() => parseDatasetRecord("{}")).toThrow("This is not the record of a data set.");
    expect(() => parseDatasetRecord("[")).toThrow("This is not the record of a data set.");
  });
});
