import { describe, expect, it } from "vitest";
import { layoutTree } from "./layout";
import { type Growth, growTree } from "./tree-fixture";

const SMALL: Growth = [null, 0, 0, 1, 1, 2, 3];

describe("layoutTree", () => {
  it("gives an empty run an empty layout", () => {
    expect(layoutTree([])).toMatchObject({ depth: 1, height: 0 });
  });

  it("puts a lone root at the origin", () => {
    const layout = layoutTree(growTree([null]));
    expect([layout.columns[0], layout.rows[0], layout.depth]).toEqual([0, 0, 1]);
  });

  it("takes the column from the depth and never puts two nodes of a column closer than one slot", () => {
    const nodes = growTree(SMALL);
    const layout = layoutTree(nodes);
    for (const node of nodes) expect(layout.columns[node.id]).toBe(node.depth);
    for (const a of nodes) {
      for (const b of nodes) {
        if (a.id >= b.id || a.depth !== b.depth) continue;
        expect(Math.abs((layout.rows[a.id] ?? 0) - (layout.rows[b.id] ?? 0))).toBeGreaterThanOrEqual(0.999);
      }
    }
  });

  it("starts at row 0 and reports the lowest row as its height", () => {
    const { rows, height } = layoutTree(growTree(SMALL));
    expect(Math.min(...rows)).toBeCloseTo(0);
    expect(Math.max(...rows)).toBeCloseTo(height);
  });

  it("keeps the order within every column while the tree grows", () => {
    const parents: (number | null)[] = [null];
    for (let id = 1; id < 300; id++) parents.push((id * 7919) % Math.min(id, 90));
    const orders = [60, 150, 300].map((size) => {
      const nodes = growTree(parents.slice(0, size));
      const { rows } = layoutTree(nodes);
      return nodes
        .filter((node) => node.depth === 2 && node.id < 60)
        .sort((a, b) => (rows[a.id] ?? 0) - (rows[b.id] ?? 0))
        .map((node) => node.id);
    });
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).toEqual(orders[0]);
  });
});
