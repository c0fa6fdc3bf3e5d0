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
