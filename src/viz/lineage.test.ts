import { expect, it } from "vitest";
import { placeLineage } from "./lineage";

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

it("bears what comes from itself", () => {
  const places = placeLineage([
    { id: "a", parents: ["b", "a"] },
    { id: "b", parents: ["a"] },
  ]);
  expect(places.size).toBe(2);
});
