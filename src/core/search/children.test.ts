import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SelectionRule } from "../config";
import { Children, type Choice, type Openness } from "./children";
import { SELECTION_FORMULAS } from "./formulas";

const CHOICES: readonly Choice[] = ["ready", "unvisited", "judged"];

/** What going through all children finds. */
function fullScan(children: Children, rule: SelectionRule, choice: Choice, parentVisits: number, c: number): number[] {
  const total = children.weights.reduce((sum, weight) => sum + weight, 0);
  const formula = SELECTION_FORMULAS[rule];
  const values = children.ids.map((_, index) => {
    const [visitCount, valueSum] = [children.visits[index] ?? 0, children.values[index] ?? 0];
    const mayChoose =
      choice === "unvisited"
        ? visitCount === 0 && children.openness[index] === "ready"
        : children.openness[index] === choice;
    const prior = total > 0 ? (children.weights[index] ?? 0) / total : 0;
    return mayChoose ? formula({ visitCount, valueSum, prior }, parentVisits, c) : null;
  });
  const best = values.reduce<number>((most, value) => Math.max(most, value ?? most), Number.NEGATIVE_INFINITY);
  return [...values.keys()].filter((index) => values[index] === best);
}

/** Few different values, so that there are ties. */
const openness = fc.constantFrom<Openness[]>("ready", "ready", "ready", "judged", "busy", "closed");
const visits = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 1000 }));
const share = fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const weight = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, Math.exp(-1), 3 * Math.exp(-1)),
  fc.double({ min: 0, max: 5, noNaN: true }),
);
const child = fc.record({ openness, visits, share, weight });
const change = fc.record({ at: fc.nat(), child });
const look = fc.record({
  changes: fc.array(change, { maxLength: 4 }),
  added: fc.array(child, { maxLength: 3 }),
  parentVisits: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100_000 })),
  c: fc.constantFrom(0, 0.1, 1, 2, 10),
});
type Child = typeof child extends fc.Arbitrary<infer T> ? T : never;

function put(children: Children, index: number, { openness, visits, share, weight }: Child): void {
  children.setVisits(index, visits, visits * share);
  children.setWeight(index, weight);
  children.setOpenness(index, openness);
}

function add(children: Children, child: Child): void {
  children.add(children.ids.length + 1, 0, 0, 0);
  put(children, children.ids.length - 1, child);
}

describe("the choice among many children", () => {
  it.each<SelectionRule>(["uct", "puct"])("is what going through all of them finds, ties included: %s", (rule) => {
    fc.assert(
      fc.property(
        fc.array(child, { maxLength: 300, size: "max" }),
        fc.array(look, { minLength: 1, maxLength: 12 }),
        (born, looks) => {
          const children = new Children(rule);
          for (const one of born) add(children, one);
          for (const { changes, added, parentVisits, c } of looks) {
            for (const one of added) add(children, one);
            const { length } = children.ids;
            if (length > 0) for (const { at, child } of changes) put(children, at % length, child);
            for (const choice of CHOICES) {
              expect(children.mostAttractive(choice, parentVisits, c)).toEqual(
                fullScan(children, rule, choice, parentVisits, c),
              );
            }
          }
        },
      ),
      // Hundreds of children do not become few in reasonable time.
      { numRuns: 200, endOnFailure: true },
    );
  });

  it("stays right while a search visits the chosen, one after the other", () => {
    const children = new Children("puct");
    for (let id = 0; id < 500; id++) {
      children.add(id, 0, 0, (id % 7) + 1);
      children.setOpenness(id, "ready");
    }
    for (let parentVisits = 1; parentVisits < 1500; parentVisits++) {
      const ties = children.mostAttractive("ready", parentVisits, 2);
      expect(ties).toEqual(fullScan(children, "puct", "ready", parentVisits, 2));
      const chosen = ties[0] ?? 0;
      children.setVisits(chosen, (children.visits[chosen] ?? 0) + 1, (children.values[chosen] ?? 0) + (chosen % 2));
    }
  });
});
