import type { TreeNode } from "../core/run/tree";
import { Vector } from "../core/run/vector";

/** Index = node id: the parent's id, null for the root. */
export type Growth = readonly (number | null)[];

/** A tree for tests: refine steps all the way, each visited as often as it has descendants, with value 0.5. */
export function growTree(parents: Growth): TreeNode[] {
  const depths: number[] = [];
  const descendants = parents.map(() => 1);
  for (const parent of parents) depths.push(parent === null ? 0 : (depths[parent] ?? 0) + 1);
  for (let id = parents.length - 1; id > 0; id--) {
    const parent = parents[id];
    if (parent !== null && parent !== undefined)
      descendants[parent] = (descendants[parent] ?? 0) + (descendants[id] ?? 0);
  }
  return parents.map((parent, id) => ({
    id,
    parent,
    children: Vector.from(parents.flatMap((p, child) => (p === id ? [child] : []))),
    step: parent === null ? null : { kind: "refine", text: `${id}. keep the even ones: [1, 2] -> [2]` },
    depth: depths[id] ?? 0,
    visitCount: descendants[id] ?? 1,
    valueSum: (descendants[id] ?? 1) / 2,
    count: 1,
    logProb: -1,
    tokens: 12,
    origin: parent === null ? "root" : "expansion",
  }));
}
