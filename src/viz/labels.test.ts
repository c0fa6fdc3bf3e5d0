import { describe, expect, it } from "vitest";
import type { TreeNode } from "../core/run/tree";
import { siblingLabel } from "./labels";
import { growTree } from "./tree-fixture";

/** A root with one child for each text. */
function siblings(...texts: readonly string[]): TreeNode[] {
  return growTree([null, ...texts.map(() => 0)]).map((node, id) =>
    node.step === null ? node : { ...node, step: { ...node.step, text: texts[id - 1] ?? "" } },
  );
}

const labels = (nodes: readonly TreeNode[]) => nodes.slice(1).map((node) => siblingLabel(node, nodes));

describe("siblingLabel", () => {
  it("leaves the worked example out where the step alone tells siblings apart", () => {
    expect(labels(siblings("1. reverse: [1, 2] -> [2, 1]", "1. sort: [1, 2] -> [1, 2]"))).toEqual(["reverse", "sort"]);
  });

  it("says what the example comes to where it does not", () => {
    const nodes = siblings("1. reverse: [1, 2] -> [2, 1]", "1. reverse: [1, 2] -> [2, 2]", "1. sort: [1] -> [1]");
    expect(labels(nodes)).toEqual(["reverse → [2, 1]", "reverse → [2, 2]", "sort"]);
  });

  it("goes on to the second line of pseudocode", () => {
    const nodes = siblings("solve(list):\n  keep even values", "solve(list):\n  sort them");
    expect(labels(nodes)).toEqual(["solve(list): keep even values", "solve(list): sort them"]);
  });
});
