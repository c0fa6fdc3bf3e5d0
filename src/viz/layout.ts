import { hierarchy, tree } from "d3";
import type { NodeId } from "../core/run/events";
import type { TreeNode } from "../core/run/tree";

/** Where the nodes stand, in level units: the root at depth 0, one column per step. */
export interface TreeLayout {
  /** Index = node id: the column, which is the node's depth. */
  readonly columns: Float64Array;
  /** Index = node id: the row, in leaf slots; 0 is the topmost node. */
  readonly rows: Float64Array;
  /** Depth of the deepest node, at least 1 so that a lone root has a width. */
  readonly depth: number;
  /** Row of the lowest node. */
  readonly height: number;
}

/** Siblings stand one slot apart, the leaves of different parents a little further. */
const COUSIN_GAP = 1.35;

/**
 * Lays a search tree out from left to right (Reingold and Tilford). Children keep the order in which they were added, so
 * that a growing tree moves nodes apart but never past each other.
 */
export function layoutTree(nodes: readonly TreeNode[]): TreeLayout {
  const columns = new Float64Array(nodes.length);
  const rows = new Float64Array(nodes.length);
  if (nodes.length === 0) return { columns, rows, depth: 1, height: 0 };

  const root = hierarchy<NodeId>(0, (id) => nodes[id]?.children);
  tree<NodeId>()
    .nodeSize([1, 1])
    .separation((a, b) => (a.parent === b.parent ? 1 : COUSIN_GAP))(root);

  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  let depth = 1;
  root.each((placed) => {
    const row = placed.x ?? 0;
    columns[placed.data] = placed.depth;
    rows[placed.data] = row;
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
    depth = Math.max(depth, placed.depth);
  });
  for (let id = 0; id < rows.length; id++) rows[id] = (rows[id] ?? 0) - top;
  return { columns, rows, depth, height: bottom - top };
}

/** Where the arrow keys lead. */
type Move = "parent" | "child" | "previous" | "next" | "root";

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
