import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Vector } from "./vector";

/** Long enough for three levels. */
const LONG = 32 * 32 + 40;

describe("a vector", () => {
  it.each([0, 1, 32, 33, 1024, 1025, LONG])("holds %i items", (length) => {
    const items = Array.from({ length }, (_, index) => `item ${index}`);
    const vector = Vector.from(items);
    expect(vector.length).toBe(length);
    expect([...vector]).toEqual(items);
    expect(items.map((_, index) => vector.get(index))).toEqual(items);
  });

  it.each([-1, 3, 0.5, Number.NaN, 2 ** 32, Number.POSITIVE_INFINITY])("has nothing at %d", (index) => {
    expect(Vector.of("a", "b", "c").get(index)).toBeUndefined();
    expect(() => Vector.of("a", "b", "c").edit().set(index, "x")).toThrow(RangeError);
  });

  it("stays as it is when a longer one is made of it", () => {
    let vector = Vector.of<number>();
    const all = [vector];
    for (let item = 0; item < 1100; item++) {
      vector = vector.push(item);
      all.push(vector);
    }
    for (const [length, one] of all.entries())
      expect([one.length, one.get(length - 1)]).toEqual([length, all[length - 1]?.length]);
  });

  it("is what it was, until its editor changes something", () => {
    const vector = Vector.of(1, 2);
    const editor = vector.edit();
    expect(editor.vector()).toBe(vector);
    editor.set(0, 3);
    expect([...editor.vector()]).toEqual([3, 2]);
    expect(editor.vector()).toBe(editor.vector());
    expect([...vector]).toEqual([1, 2]);
  });

  it("shares with its copies what has not changed", () => {
    const before = Vector.from(Array.from({ length: LONG }, (_, index) => ({ index })));
    const editor = before.edit();
    editor.set(5, { index: -5 });
    const after = editor.vector();
    for (let index = 0; index < LONG; index++) {
      if (index !== 5) expect(after.get(index)).toBe(before.get(index));
    }
  });

  it("does under any changes what an array does, and so do all vectors given out on the way", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("push" as const), times: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ kind: fc.constant("set" as const), at: fc.nat() }),
      fc.record({ kind: fc.constant("vector" as const) }),
      fc.record({ kind: fc.constant("edit" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const array: number[] = [];
        let editor = Vector.of<number>().edit();
        let item = 0;
        const given: (readonly [Vector<number>, readonly number[]])[] = [];
        for (const change of steps) {
          if (change.kind === "push") {
            for (let i = 0; i < change.times; i++) {
              editor.push(item);
              array.push(item++);
            }
          } else if (change.kind === "set" && array.length > 0) {
            editor.set(change.at % array.length, item);
            array[change.at % array.length] = item++;
          } else if (change.kind === "vector") given.push([editor.vector(), [...array]]);
          else if (change.kind === "edit") editor = editor.vector().edit();
        }
        given.push([editor.vector(), array]);
        for (const [vector, items] of given) expect([...vector]).toEqual(items);
      }),
    );
  });
});
