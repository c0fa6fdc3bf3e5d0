import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemOf } from "../../testing/problem";
import type { Step } from "../step";
import { formatTree, parseTrees } from "./lines";
import {
  passingPaths,
  prefixOf,
  type ReasoningNode,
  type ReasoningTree,
  sampledPaths,
  siblingGroups,
} from "./reasoning";
import { preferenceRows, sftRows, stepwiseRows } from "./trl";

const problem = problemOf({
  statement: "Double each.",
  visibleTests: [{ input: [[1]], expected: [2] }],
  tier: "hinted",
});

const define: Step = { kind: "define", text: "1 operations: map; return a list" };
const right: Step = { kind: "refine", text: "1. multiply each by 2: [1] -> [2]" };
const wrong: Step = { kind: "refine", text: "1. add 1 to each: [1] -> [2]" };
const code = (text: string): Step => ({ kind: "code", text });

function node(parent: number | null, step: Step, visitCount: number, valueSum: number, more = {}): ReasoningNode {
  const rest = { logProb: -1, pass: null, reached: valueSum > 0, exact: null };
  return { parent, step, visitCount, valueSum, ...rest, ...more };
}

/** Two ways to go on, the first of which leads to a program that passes, drawn twice with different layouts. */
const tree: ReasoningTree = {
  problem,
  tokens: 50,
  nodes: [
    node(null, define, 4, 2.5),
    node(0, right, 2, 2),
    node(0, wrong, 2, 0.5, { reached: false }),
    node(1, code("a"), 1, 1, { pass: 1, logProb: -3 }),
    node(2, code("b"), 2, 0.5, { pass: 0.25, reached: false }),
    node(1, code("c"), 1, 1, { pass: 1, logProb: -2 }),
    node(1, code("never visited"), 0, 0),
  ],
};

describe("a reasoning tree", () => {
  it("gives the steps that lead to a node", () => {
    expect(prefixOf(tree, 4)).toEqual([define, wrong, code("b")]);
    expect(prefixOf(tree, 0)).toEqual([define]);
  });

  it("gives the passing paths, the likeliest program first, no text twice", () => {
    expect(passingPaths(tree, 4).map((path) => path.at(-1)?.text)).toEqual(["c", "a"]);
    expect(passingPaths(tree, 1)).toEqual([[define, right, code("c")]]);
    const again = { ...tree, nodes: [...tree.nodes, node(1, code("c"), 1, 1, { pass: 1 })] };
    expect(passingPaths(again, 4)).toHaveLength(2);
  });

  it("gives the paths to a program as often as they were drawn, passing or not", () => {
    expect(sampledPaths(tree).map((path) => path.at(-1)?.text)).toEqual(["a", "b", "b", "c"]);
  });

  it("puts siblings together", () => {
    expect(siblingGroups(tree)).toEqual([
      [1, 2],
      [3, 5, 6],
    ]);
  });
});

describe("TRL's shapes", () => {
  const prompt = "<problem>Double each.\n[1] -> [2]\n<think>";

  it("label every step of every judged path", () => {
    const rows = stepwiseRows(tree, "reached");
    expect(rows.map(({ labels }) => labels)).toEqual([
      [true, true, true],
      [true, false, false],
      [true, true, true],
    ]);
    expect(rows[1]).toMatchObject({
      prompt,
      completions: [`<define>${define.text}<end>`, `<refine>${wrong.text}<end>`, "<code>b<end>"],
    });
    expect(stepwiseRows(tree, "values")[1]?.labels).toEqual([0.625, 0.25, 0.25]);
  });

  it("prefer the better of two siblings where they are far enough apart", () => {
    expect(preferenceRows(tree, 0.4)).toEqual([
      {
        prompt: `${prompt}<define>${define.text}<end>`,
        chosen: `<refine>${right.text}<end>`,
        rejected: `<refine>${wrong.text}<end>`,
      },
    ]);
    expect(preferenceRows(tree, 0.8)).toEqual([]);
  });

  it("complete the prompt with what passes", () => {
    expect(sftRows(tree, passingPaths(tree, 1))).toEqual([
      { prompt, completion: `<define>${define.text}<end><refine>${right.text}<end><code>c<end>` },
    ]);
  });
});

describe("lines of trees", () => {
  it("read back", () => {
    expect(parseTrees(`${formatTree(tree)}\n\n${formatTree(tree)}\n`)).toEqual({ trees: [tree, tree], broken: [] });
  });

  it.each([
    ["{", "It is not JSON."],
    ["3", "It is not a tree."],
    [
      formatTree({ ...tree, nodes: [node(0, define, 1, 1)] }),
      "nodes.0.parent cannot be read: an index of a node before it.",
    ],
    [
      formatTree({ ...tree, nodes: [node(null, define, 1, 2)] }),
      "nodes.0.valueSum cannot be read: at most visitCount.",
    ],
  ])("name the broken one and keep the others: %s", (line, message) => {
    const { trees, broken } = parseTrees([formatTree(tree), line, formatTree(tree)].join("\n"));
    expect(trees).toHaveLength(2);
    expect(broken).toEqual([{ line: 2, message }]);
  });

  it("bear any text", () => {
    const line = formatTree(tree);
    const cut = fc.nat(line.length).map((at) => line.slice(0, at));
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json(), cut), { maxLength: 5 }), (lines) => {
        parseTrees(lines.join("\n"));
      }),
      { numRuns: 60 },
    );
  });
});
