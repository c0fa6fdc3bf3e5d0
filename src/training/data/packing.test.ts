import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitsBatch, type PackableExample, type PackedBatch, packBatch, packTexts } from "../../training/data/packing";

const example = (...tokens: number[]): PackableExample => ({ tokens, weights: tokens.map(() => 1) });

/** The examples of a batch, read back from its segments. */
function unpack({ rows, rowTokens, tokens, segments }: PackedBatch): number[][] {
  const found: number[][] = [];
  for (let row = 0; row < rows; row++) {
    const bySegment = new Map<number, number[]>();
    for (let i = row * rowTokens; i < (row + 1) * rowTokens; i++) {
      const segment = segments[i] ?? 0;
      if (segment > 0) bySegment.set(segment, [...(bySegment.get(segment) ?? []), tokens[i] ?? -1]);
    }
    found.push(...bySegment.values());
  }
  return found;
}

describe("packBatch", () => {
  it("lays examples one after another, each with its own positions, targets and weights", () => {
    const { batch } = packBatch([{ tokens: [5, 6, 7], weights: [0, 0.5, 1] }, example(8, 9)], 1, 6);
    expect([...batch.tokens]).toEqual([5, 6, 7, 8, 9, 0]);
    expect([...batch.segments]).toEqual([1, 1, 1, 2, 2, 0]);
    expect([...batch.positions]).toEqual([0, 1, 2, 0, 1, 0]);
    expect([...batch.targets]).toEqual([6, 7, 0, 9, 0, 0]);
    expect([...batch.weights]).toEqual([0.5, 1, 0, 1, 0, 0]);
  });

  it("puts an example where it leaves least room", () => {
    const { batch } = packBatch([example(1, 1, 1), example(2, 2), example(3, 3)], 2, 5);
    expect([...batch.tokens]).toEqual([1, 1, 1, 2, 2, 3, 3, 0, 0, 0]);
  });

  it("says which examples found a place and never splits one", () => {
    const examples = [example(1, 1, 1), example(2, 2, 2), example(3)];
    const { batch, placed } = packBatch(examples, 1, 4);
    expect([...placed]).toEqual([examples[0], examples[2]]);
    expect(unpack(batch)).toEqual([[1, 1, 1], [3]]);
  });

  it("keeps every placed example whole, for any examples", () => {
    const anyExample = fc
      .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 })
      .map((tokens) => example(...tokens));
    fc.assert(
      fc.property(fc.array(anyExample, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), (examples, rows) => {
        const { batch, placed } = packBatch(examples, rows, 16);
        const sorted = (lists: readonly (readonly number[])[]) => lists.map((list) => list.join()).sort();
        expect(sorted(unpack(batch))).toEqual(sorted([...placed].map(({ tokens }) => tokens)));
      }),
    );
  });
});

describe("packTexts", () => {
  it("keeps the texts of an item together, or none of them", () => {
    const items = [
      [
        [1, 1, 1],
        [2, 2],
      ],
      [
        [3, 3],
        [4, 4],
      ],
      [[5, 5, 5]],
    ];
    const { texts, placed } = packTexts(items, (item) => item, 2, 4);
    expect([...texts.tokens]).toEqual([1, 1, 1, 0, 2, 2, 0, 0]);
    expect(placed).toEqual([{ item: items[0], starts: [0, 4] }]);
    expect(packTexts(items, (item) => item, 2, 8, 2).placed).toHaveLength(2);
  });

  it("knows what can never stand in one batch", () => {
    expect(
      fitsBatch(
        [
          [1, 1, 1],
          [2, 2, 2],
        ],
        2,
        4,
      ),
    ).toBe(true);
    expect(
      fitsBatch(
        [
          [1, 1, 1],
          [2, 2, 2],
        ],
        1,
        4,
      ),
    ).toBe(false);
    expect(fitsBatch([[1, 1, 1, 1, 1]], 3, 4)).toBe(false);
  });
});
