import { describe, expect, it } from "vitest";
import {
  averageSamplingPassRate,
  bootstrapRatio,
  pairedDifference,
  passAt1,
  tokensPerSolved,
  wilsonInterval,
} from "./stats";

describe("Pass@1", () => {
  it("is a share with its Wilson interval", () => {
    // p = 0.5, n = 10, z = 1.96: centre 0.5; half = 1.96 / 1.38416 * sqrt(0.025 + 0.009604) = 0.26341
    const { value, ci95, n } = passAt1([true, false, true, false, true, false, true, false, true, false]);
    expect([value, n]).toEqual([0.5, 10]);
    expect(ci95[0]).toBeCloseTo(0.2366, 4);
    expect(ci95[1]).toBeCloseTo(0.7634, 4);
  });

  it("has honest intervals at the ends", () => {
    // 0 of 20: upper end z^2 / (n + z^2) = 3.8415 / 23.8415
    expect(wilsonInterval(0, 20)[0]).toBe(0);
    expect(wilsonInterval(0, 20)[1]).toBeCloseTo(0.16113, 5);
    expect(wilsonInterval(20, 20)[0]).toBeCloseTo(0.83887, 5);
    expect(wilsonInterval(20, 20)[1]).toBe(1);
    expect(passAt1([])).toEqual({ value: 0, ci95: [0, 1], n: 0 });
  });
});

describe("averages", () => {
  it("ASPR is a mean over problems, and nothing without them", () => {
    expect(averageSamplingPassRate([1, 0.5, 0])).toBe(0.5);
    expect(averageSamplingPassRate([])).toBeNull();
  });

  it("tokens per solved problem count the unsolved too", () => {
    expect(
      tokensPerSolved([
        { solved: true, tokens: 100 },
        { solved: false, tokens: 50 },
      ]),
    ).toBe(150);
    expect(tokensPerSolved([{ solved: false, tokens: 50 }])).toBeNull();
  });
});

const pairs = (both: number, onlyFirst: number, onlySecond: number, neither: number) => [
  ...Array<[boolean, boolean]>(both).fill([true, true]),
  ...Array<[boolean, boolean]>(onlyFirst).fill([true, false]),
  ...Array<[boolean, boolean]>(onlySecond).fill([false, true]),
  ...Array<[boolean, boolean]>(neither).fill([false, false]),
];

describe("the difference of paired shares", () => {
  it("is Newcombe's own example: 36 both, 12 and 2 one only, of 50", () => {
    // p1 = 48/50 with Wilson [0.8654, 0.9890], p2 = 38/50 with [0.6259, 0.8570]; phi = -24 / sqrt(48 * 2 * 38 * 12) = -0.1147.
    const { value, ci95, n } = pairedDifference(pairs(36, 12, 2, 0));
    expect(value).toBeCloseTo(0.2, 12);
    expect(ci95[0]).toBeCloseTo(0.0569, 4);
    expect(ci95[1]).toBeCloseTo(0.3404, 4);
    expect(n).toBe(50);
  });

  it("is narrower when the two succeed on the same problems", () => {
    const width = ([low, high]: readonly [number, number]) => high - low;
    const together = pairedDifference(pairs(30, 6, 4, 20));
    const apart = pairedDifference(pairs(20, 16, 14, 10));
    expect(together.value).toBeCloseTo(apart.value, 12);
    expect(width(together.ci95)).toBeLessThan(width(apart.ci95));
  });

  it("turns round with its arguments", () => {
    const [low, high] = pairedDifference(pairs(7, 5, 1, 4)).ci95;
    const turned = pairedDifference(pairs(7, 1, 5, 4)).ci95;
    expect(turned[0]).toBeCloseTo(-high, 12);
    expect(turned[1]).toBeCloseTo(-low, 12);
  });

  it("corrects a weak association to none", () => {
    // 2 * 2 - 1 * 1 = 3 is at most n / 2 = 3: as if independent. Wilson of 3 of 6: [0.1876, 0.8124]; sqrt(2) * 0.3124 = 0.4418.
    const { value, ci95 } = pairedDifference(pairs(2, 1, 1, 2));
    expect(value).toBe(0);
    expect(ci95[0]).toBeCloseTo(-0.4418, 4);
    expect(ci95[1]).toBeCloseTo(0.4418, 4);
  });

  it("stays within bounds at the edges", () => {
    expect(pairedDifference([])).toEqual({ value: 0, ci95: [-1, 1], n: 0 });
    for (const edge of [pairs(5, 0, 0, 0), pairs(0, 5, 0, 0), pairs(0, 0, 5, 0), pairs(0, 0, 0, 5)]) {
      const { value, ci95 } = pairedDifference(edge);
      expect(ci95[0]).toBeGreaterThanOrEqual(-1);
      expect(ci95[0]).toBeLessThanOrEqual(value);
      expect(ci95[1]).toBeGreaterThanOrEqual(value);
      expect(ci95[1]).toBeLessThanOrEqual(1);
    }
    expect(pairedDifference(pairs(0, 5, 0, 0)).value).toBe(1);
  });
});

describe("a share of things in groups", () => {
  const groups = (hits: readonly number[]) => hits.map((each) => ({ hits: each, total: 10 }));

  it("is less certain the more alike the things of a group are", () => {
    const mixed = bootstrapRatio(groups([5, 5, 4, 6, 5, 5, 6, 4, 5, 5]), 1);
    const alike = bootstrapRatio(groups([10, 0, 0, 10, 10, 0, 10, 0, 10, 0]), 1);
    expect([mixed.value, alike.value, mixed.n]).toEqual([0.5, 0.5, 100]);
    const width = ({ ci95: [low, high] }: typeof mixed) => high - low;
    // Wilson's interval for 50 of 100 things that know nothing of one another is 0.19 wide, for 5 of 10 groups 0.53.
    expect(width(mixed)).toBeLessThan(0.12);
    expect(width(alike)).toBeGreaterThan(0.45);
    expect(bootstrapRatio(groups([10, 0, 0, 10]), 2)).toEqual(bootstrapRatio(groups([10, 0, 0, 10]), 2));
  });

  it("has honest answers when there is nothing", () => {
    expect(bootstrapRatio([], 1)).toEqual({ value: 0, ci95: [0, 1], n: 0 });
    expect(bootstrapRatio([{ hits: 0, total: 0 }], 1)).toEqual({ value: 0, ci95: [0, 1], n: 0 });
  });
});
