import type { TreeNode } from "../core/run/tree";
import type { Step } from "../core/step";
import { shortLabel } from "./label";

/** What several of the children are called alike, by their list: a visit makes another node of a parent, but keeps the list. */
const sharedLabels = new WeakMap<TreeNode["children"], ReadonlySet<string>>();
/** Words of steps, which outlive their nodes as well. */
const labels = new WeakMap<Step, string>();

/**
 * A step in few words, and in a few more where a sibling would be called the same: steps may differ only in the example they work
 * through, or in their second line.
 */
export function siblingLabel(node: TreeNode, nodes: readonly TreeNode[]): string {
  const parent = node.parent === null ? undefined : nodes[node.parent];
  if (parent === undefined || node.step === null || !isSpoken(node, node.step)) return shortLabel(node);
  const label = labelOf(node, node.step);
  if (!sharedBy(parent, nodes).has(label)) return label;
  const more = furtherWords(node.step.text);
  return more === "" ? label : `${label} ${more}`;
}

/** Whether a node goes by the words of its step: programs and dead ends go by what became of them. */
function isSpoken({ deadEnd }: TreeNode, step: Step): boolean {
  return step.kind !== "code" && deadEnd === undefined;
}

function labelOf(node: TreeNode, step: Step): string {
  const known = labels.get(step);
  if (known !== undefined) return known;
  const label = shortLabel(node);
  labels.set(step, label);
  return label;
}

function sharedBy(parent: TreeNode, nodes: readonly TreeNode[]): ReadonlySet<string> {
  const known = sharedLabels.get(parent.children);
  if (known !== undefined) return known;
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const id of parent.children) {
    const child = nodes[id];
    if (child?.step === undefined || child.step === null || !isSpoken(child, child.step)) continue;
    const label = labelOf(child, child.step);
    if (seen.has(label)) shared.add(label);
    seen.add(label);
  }
  sharedLabels.set(parent.children, shared);
  return shared;
}

/** What the worked example comes to, or else the second line. */
function furtherWords(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  const outcome = /->\s*(.+)$/.exec(first)?.[1];
  if (outcome !== undefined) return `→ ${outcome}`;
  return rest.map((line) => line.trim()).find((line) => line !== "") ?? "";
}
