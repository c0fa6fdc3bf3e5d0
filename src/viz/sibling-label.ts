import type { TreeNode } from "../core/tree";
import { shortLabel } from "./label";

/** What several children of a node are called alike. Nodes are never changed, only replaced. */
const sharedLabels = new WeakMap<TreeNode, ReadonlySet<string>>();

/**
 * A step in few words, and in a few more where a sibling would be called the same: steps may differ only in the example they work
 * through, or in their second line.
 */
export function siblingLabel(node: TreeNode, nodes: readonly TreeNode[]): string {
  const label = shortLabel(node);
  const parent = node.parent === null ? undefined : nodes[node.parent];
  if (parent === undefined || node.step === null || node.step.kind === "code" || node.deadEnd !== undefined)
    return label;
  if (!sharedBy(parent, nodes).has(label)) return label;
  const more = furtherWords(node.step.text);
  return more === "" ? label : `${label} ${more}`;
}

function sharedBy(parent: TreeNode, nodes: readonly TreeNode[]): ReadonlySet<string> {
  const known = sharedLabels.get(parent);
  if (known !== undefined) return known;
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const id of parent.children) {
    const child = nodes[id];
    if (child === undefined || child.deadEnd !== undefined) continue;
    const label = shortLabel(child);
    if (seen.has(label)) shared.add(label);
    seen.add(label);
  }
  sharedLabels.set(parent, shared);
  return shared;
}

/** What the worked example comes to, or else the second line. */
function furtherWords(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  const outcome = /->\s*(.+)$/.exec(first)?.[1];
  if (outcome !== undefined) return `→ ${outcome}`;
  return rest.map((line) => line.trim()).find((line) => line !== "") ?? "";
}
