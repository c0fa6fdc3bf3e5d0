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

it("values every visited step of a tree by the programs that pass, once at the least, and none that is no step", () => {
  expect(recordsOf(tree, "stepwise")).toEqual([
    { prompt, completions: [define, wrong], labels: [0.5, 0], visits: [8, 4], problem: "p" },
    { prompt, completions: [define, right, code], labels: [0.5, 1, 1], visits: [8, 4, 4], problem: "p" },
  ]);
});

it("prefers the better of two siblings, and imitates what passes", () => {
  const pair = { prompt: prompt + define, chosen: right, rejected: wrong, gap: 1, problem: "p" };
  expect(recordsOf(tree, "preference")).toEqual([pair]);
  expect(recordsOf(tree, "completion")).toEqual([{ prompt, completion: `${define}${right}${code}`, problem: "p" }]);
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
