import { expect, it } from "vitest";
import { directParents, placeLineage } from "./lineage";

it("stands right of what it was made from, and across from it", () => {
  const places = placeLineage([
    { id: "scorer", parents: ["base", "trees"] },
    { id: "policy", parents: ["trees"] },
    { id: "trees", parents: ["base"] },
    { id: "base", parents: [] },
    { id: "alone", parents: ["gone"] },
  ]);
  expect(Object.fromEntries(places)).toEqual({
    base: { column: 0, row: 0 },
    alone: { column: 0, row: 1 },
    trees: { column: 1, row: 0 },
    scorer: { column: 2, row: 0 },
    policy: { column: 2, row: 1 },
  });
});

it("is joined to nothing that it is joined to through something else", () => {
  const parts = [
    { id: "base", parents: [] },
    { id: "trees", parents: ["base"] },
    { id: "policy", parents: ["base", "trees", "gone"] },
  ];
  expect(parts.map((part) => directParents(part, parts))).toEqual([[], ["base"], ["trees"]]);
});

it("bears what comes from itself", () => {
  const places = placeLineage([
    { id: "a", parents: ["b", "a"] },
    { id: "b", parents: ["a"] },
  ]);
  expect(places.size).toBe(2);
  const self = { id: "a", parents: ["a"] };
  expect(directParents(self, [self])).toEqual([]);
});
