import { expect, it } from "vitest";
import { formatTree } from "../../core/data/lines";
import type { ReasoningNode, ReasoningTree } from "../../core/data/reasoning";
import { policyPrompt, renderStep } from "../../core/protocol/tiny";
import type { Step } from "../../core/step";
import { parseRecords } from "./records";
import { recordLines, recordsOf } from "./trees";

const steps: Record<string, Step> = {
  define: { kind: "define", text: "1 operation" },
  right: { kind: "refine", text: "right" },
  wrong: { kind: "refine", text: "wrong" },
  cut: { kind: "refine", text: "cut o" },
  code: { kind: "code", text: "return 1" },
};

const node = (name: string, parent: number | null, visitCount: number, valueSum: number, more = {}): ReasoningNode => ({
  parent,
  step: steps[name] ?? { kind: "code", text: name },
  visitCount,
  valueSum,
  ...{ logProb: -1, pass: null, reached: valueSum > 0, exact: null },
  ...more,
});

const tree: ReasoningTree = {
  problem: { id: "p", title: "", statement: "s", language: "javascript", entryPoint: "solve", visibleTests: [] },
  tokens: 1,
  nodes: [
    node("define", null, 8, 5),
    node("right", 0, 4, 4),
    node("wrong", 0, 4, 1),
    node("code", 1, 4, 4, { pass: 1 }),
    node("cut", 2, 1, 0, { deadEnd: "length" }),
    node("never", 2, 0, 0),
  ],
};

const prompt = policyPrompt(tree.problem, []);
const [define, right, wrong, code] = ["define", "right", "wrong", "code"].map((name) =>
  renderStep(steps[name] as Step),
);

it("values visited steps by the programs that pass, and neither programs nor what is no step", () => {
  expect(recordsOf(tree, "stepwise")).toEqual([
    { prompt, completions: [define, right], labels: [0.5, 1], visits: [8, 4], problem: "p" },
    { prompt, completions: [define, wrong], labels: [0.5, 0], visits: [8, 4], problem: "p" },
  ]);
});

it("values those paths of a tree where right and wrong lie close together, and one of a tree without any that is right", () => {
  const failing = Array.from({ length: 20 }, (_, i) => node(`other ${i}`, i === 0 ? null : 0, 20 - i, 0));
  const wrongs = failing.map((each) => ({ ...each, step: { ...each.step, kind: "refine" as const } }));
  const completions = (nodes: readonly ReasoningNode[]) =>
    recordsOf({ ...tree, nodes }, "stepwise").map((record) => (record as { completions: string[] }).completions);
  const [first] = tree.nodes;
  if (!first) throw new RangeError("no node");
  const solved = completions([...tree.nodes, ...wrongs]);
  expect(solved).toHaveLength(8);
  expect(solved.slice(0, 3)).toEqual([
    [define, right],
    [define, renderStep({ kind: "refine", text: "other 1" })],
    [define, renderStep({ kind: "refine", text: "other 2" })],
  ]);
  expect(solved).not.toContainEqual([renderStep({ kind: "refine", text: "other 0" })]);
  expect(completions([first, ...wrongs])).toEqual([[renderStep({ kind: "refine", text: "other 0" })]]);
});

it("prefers the better of two siblings, and imitates what passes", () => {
  const pair = { prompt: prompt + define, chosen: right, rejected: wrong, gap: 1, problem: "p" };
  expect(recordsOf(tree, "preference")).toEqual([pair]);
  expect(recordsOf(tree, "completion")).toEqual([{ prompt, completion: `${define}${right}${code}`, problem: "p" }]);
});

it("compares with a sibling that was visited once, but does not take one for the better", () => {
  const chosen = (visits: { readonly right: number; readonly wrong: number }) => {
    const [define, right, wrong] = tree.nodes;
    const passed = tree.nodes[3];
    if (!define || !right || !wrong || !passed) throw new RangeError("no nodes");
    const nodes = [
      define,
      { ...right, visitCount: visits.right },
      { ...wrong, visitCount: visits.wrong },
      { ...passed, visitCount: visits.right },
    ];
    return recordsOf({ ...tree, nodes }, "preference").length;
  };
  expect([chosen({ right: 2, wrong: 1 }), chosen({ right: 1, wrong: 4 })]).toEqual([1, 0]);
});

it("reads lines of trees and of records alike", () => {
  const record = JSON.stringify({ prompt: "a", completion: "b" });
  const { records, faults } = parseRecords(
    "completion",
    recordLines([formatTree(tree), record, "{"].join("\n"), "completion"),
  );
  expect(records).toHaveLength(2);
  expect(faults.map(({ line }) => line)).toEqual([3]);
});
