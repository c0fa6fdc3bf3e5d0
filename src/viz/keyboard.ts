import type { NodeId } from "../core/run/events";
import type { TreeNode } from "../core/run/tree";
import type { TreeLayout } from "./layout";

/** Where the arrow keys lead. */
export type Move = "parent" | "child" | "previous" | "next" | "root";

const MOVES: Readonly<Record<string, Move>> = {
  ArrowLeft: "parent",
  ArrowRight: "child",
  ArrowUp: "previous",
  ArrowDown: "next",
  Home: "root",
};

/** The move a key stands for (`KeyboardEvent.key`), if any. */
export function moveOf(key: string): Move | undefined {
  return MOVES[key];
}

/**
 * The node a move leads to, or `from` when there is none. `child` is the most visited one; `previous` and `next` walk the
 * column, siblings first, so that no node is out of reach.
 */
export function moveFrom(nodes: readonly TreeNode[], layout: TreeLayout, from: NodeId, move: Move): NodeId {
  const node = nodes[from];
  if (node === undefined || move === "root") return 0;
  if (move === "parent") return node.parent ?? from;
  if (move === "child") return mostVisited(nodes, [...node.children]) ?? from;
  return neighbour(nodes, layout, node, move === "next" ? 1 : -1);
}

function mostVisited(nodes: readonly TreeNode[], ids: readonly NodeId[]): NodeId | undefined {
  const visits = (id: NodeId) => nodes[id]?.visitCount ?? 0;
  return ids.reduce<NodeId | undefined>(
    (best, id) => (best === undefined || visits(id) > visits(best) ? id : best),
    undefined,
  );
}

function neighbour(nodes: readonly TreeNode[], layout: TreeLayout, from: TreeNode, direction: 1 | -1): NodeId {
  const row = (id: NodeId) => layout.rows[id] ?? 0;
  let best = from.id;
  let bestGap = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    const gap = (row(node.id) - row(from.id)) * direction;
    if (node.depth === from.depth && gap > 0 && gap < bestGap) {
      best = node.id;
      bestGap = gap;
    }
  }
  return best;
}
