import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allBatches, epochsOf, type ItemPacking, mixed, streamOf } from "./dataset-stream";

/** Items of one or two texts; a batch's targets are the items in it. */
type Item = readonly (readonly number[])[];

const packing: ItemPacking<Item> = {
  rows: 2,
  rowTokens: 8,
  most: 3,
  textsOf: (item) => item,
  toBatch: (input, placed) => {
    const starts = placed.flatMap(({ item, starts: [first = -1] }) => [item[0]?.[0] ?? 0, first]);
    return { input, targets: { starts: { shape: [starts.length], data: Int32Array.from(starts) } } };
  },
};

const items: readonly Item[] = [[[1, 1]], [[2], [2, 2, 2]], [[3, 3, 3]], [[4], [4]], [[5, 5, 5, 5, 5, 5]]];

/** The first tokens of the items that a batch holds. */
const heldBy = (batch: ReturnType<typeof allBatches>[number]) =>
  [...(batch.targets.starts?.data ?? [])].filter((_, i) => i % 2 === 0);

describe("epochsOf", () => {
  it("has every item once an epoch, in another order each, and the same by its seed", () => {
    const letters = ["a", "b", "c", "d", "e", "f", "g"];
    const epoch = (seed: number, number: number) =>
      letters.map((_, i) => epochsOf(letters, seed)(number * letters.length + i)).join("");
    for (const number of [0, 1, 200]) expect([...epoch(3, number)].sort()).toEqual(letters);
    expect(new Set([0, 1, 2].map((number) => epoch(3, number))).size).toBe(3);
    expect(epoch(3, 1)).not.toBe(epoch(4, 1));
  });
});

describe("mixed", () => {
  it("takes its share from the other sequence, and misses nothing of either", () => {
    const draw = mixed(
      (number) => `main ${number}`,
      (number) => `other ${number}`,
      0.25,
    );
    const drawn = Array.from({ length: 12 }, (_, i) => draw(i));
    expect(drawn.filter((text) => text.startsWith("other"))).toEqual(["other 0", "other 1", "other 2"]);
    expect(drawn.filter((text) => text.startsWith("main"))).toEqual(Array.from({ length: 9 }, (_, i) => `main ${i}`));
  });
});

describe("streamOf", () => {
  it("goes on from a position that has been through JSON", () => {
    const start = (position?: unknown) => streamOf(packing, epochsOf(items, 1), position);
    const whole = start();
    const expected = [1, 2, 3, 4, 5, 6].map((number) => whole.next(number, 0));
    const before = start();
    const resumed = [1, 2, 3].map((number) => before.next(number, 0));
    const position: unknown = JSON.parse(JSON.stringify(before.position));
    before.next(4, 0);
    const after = start(position);
    expect([...resumed, ...[4, 5, 6].map((number) => after.next(number, 0))]).toEqual(expected);
  });

  it("leaves no item waiting for ever, and parts no item's texts", () => {
    const stream = streamOf(packing, epochsOf(items, 1));
    const counts = new Map<number, number>();
    for (let number = 1; number <= 100; number++) {
      const batch = stream.next(number, 0);
      const held = heldBy(batch);
      expect(held.length).toBeLessThanOrEqual(3);
      for (const first of held) counts.set(first, (counts.get(first) ?? 0) + 1);
      const tokens = held.reduce((sum, first) => sum + (items[first - 1]?.flat().length ?? 0), 0);
      expect(batch.input.segments.filter((segment) => segment > 0)).toHaveLength(tokens);
    }
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThan(5);
  });

  it("refuses whatever is no position of its own", () => {
    const refuse = (position: unknown) =>
      expect(() => streamOf(packing, epochsOf(items, 1), position)).toThrow(
        expect.objectContaining({ code: "model/bad-checkpoint" }),
      );
    refuse({ drawn: 2, waiting: [2] });
    refuse({ drawn: -1, waiting: [] });
    fc.assert(
      fc.property(fc.jsonValue(), (position) => {
        refuse(position);
      }),
    );
  });
});

describe("allBatches", () => {
  it("has every item once", () => {
    const batches = allBatches(packing, items, 100);
    expect(batches.flatMap(heldBy).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(allBatches(packing, [], 100)).toEqual([]);
    expect(allBatches(packing, items, 1)).toHaveLength(1);
  });

  it("takes from everywhere what does not all fit, the same at every call", () => {
    const many = Array.from({ length: 60 }, (_, i): Item => [[i]]);
    const held = allBatches(packing, many, 4).flatMap(heldBy);
    expect(held).toHaveLength(12);
    expect(Math.max(...held)).toBeGreaterThan(30);
    expect(allBatches(packing, many, 4).flatMap(heldBy)).toEqual(held);
  });
});
