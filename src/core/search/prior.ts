import type { NodeId } from "../run/events";
import { nodeAt, type Tree, type TreeNode } from "../run/tree";

/** What a prior is made of. */
export type PriorSource = Pick<TreeNode, "logProb" | "tokens" | "count" | "deadEnd">;

/** The likelihood per token of a step, in (0, 1]: exp(logProb / tokens), so that long steps are not punished for their length. */
export function likelihood(node: Pick<TreeNode, "logProb" | "tokens">): number {
  return Math.exp(node.logProb / Math.max(1, node.tokens));
}

/**
 * The prior P of each sibling: its share of count * exp(logProb / tokens). Sums to 1 over the live siblings; a dead end has 0,
 * because the search never goes there. Two draws of the same step weigh as much as two different steps of that likelihood.
 */
export function siblingPriors(siblings: readonly PriorSource[]): readonly number[] {
  const weights = siblings.map((node) => (node.deadEnd === undefined ? node.count * likelihood(node) : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total > 0 ? weight / total : 0));
}

/** The priors of a node's children. */
export function priorsUnder(tree: Tree, { children }: TreeNode): ReadonlyMap<NodeId, number> {
  const priors = siblingPriors([...children].map((id) => nodeAt(tree, id)));
  return new Map([...children].map((id, index) => [id, priors[index] ?? 0]));
}

/** The prior P of a node among its siblings; 1 at the root. */
export function priorOf(tree: Tree, { id, parent }: TreeNode): number {
  return parent === null ? 1 : (priorsUnder(tree, nodeAt(tree, parent)).get(id) ?? 0);
}
