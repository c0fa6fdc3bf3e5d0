import { describe, expect, it } from "vitest";
import {
  averageSamplingPassRate,
  bootstrapDifference,
  bootstrapRatio,
  mcnemar,
  pairedDifference,
  passAt1,
  passAtK,
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

describe("pass@k", () => {
  it("is one minus the share of draws of k without a pass", () => {
    // Of 4 samples 1 passes: 1 - C(3, 2) / C(4, 2) = 1 - 3 / 6.
    expect(passAtK(4, 1, 2)).toBeCloseTo(0.5, 12);
    // Of 5 samples 2 pass: 1 - C(3, 3) / C(5, 3) = 1 - 1 / 10.
    expect(passAtK(5, 2, 3)).toBeCloseTo(0.9, 12);
    expect([passAtK(64, 0, 64), passAtK(64, 1, 64), passAtK(64, 64, 1)]).toEqual([0, 1, 1]);
    expect(passAtK(10, 3, 1)).toBeCloseTo(0.3, 12);
    expect(() => passAtK(4, 1, 5)).toThrow(RangeError);
  });
});

describe("two ways on the same problems", () => {
  it("differ by McNemar's exact test as a fair coin would not", () => {
    // 5 against 1 of 6: 2 * (1 + 6) / 64.
    expect(mcnemar(pairs(3, 5, 1, 2))).toEqual({ onlyFirst: 5, onlySecond: 1, p: expect.closeTo(14 / 64, 12) });
    // 3 against 25 of 28: 2 * (1 + 28 + 378 + 3276) / 2^28.
    expect(mcnemar(pairs(40, 3, 25, 32)).p).toBeCloseTo((2 * 3683) / 2 ** 28, 12);
    // As even as can be: the middle would count twice.
    expect([mcnemar(pairs(1, 2, 2, 1)).p, mcnemar(pairs(4, 0, 0, 4)).p, mcnemar([]).p]).toEqual([1, 1, 1]);
    expect(mcnemar(pairs(0, 2000, 2000, 0)).p).toBe(1);
  });

  it("have a mean gain with the interval of the paired bootstrap", () => {
    const { value, ci95, n } = bootstrapDifference(Array(100).fill([1, 0.5]), 1);
    expect([value, ci95, n]).toEqual([0.5, [0.5, 0.5], 100]);
    const mixed = pairs(36, 12, 2, 0).map(([a, b]) => [Number(a), Number(b)] as const);
    const gain = bootstrapDifference(mixed, 1);
    // The standard error of a mean of 12 ones, 2 minus ones and 36 zeros is sqrt(0.28 - 0.04) / sqrt(50) = 0.0693.
    expect(gain.value).toBeCloseTo(0.2, 12);
    expect(gain.ci95[0]).toBeCloseTo(0.2 - 1.96 * 0.0693, 1);
    expect(gain.ci95[1]).toBeCloseTo(0.2 + 1.96 * 0.0693, 1);
    expect(gain).toEqual(bootstrapDifference(mixed, 1));
    expect(bootstrapDifference([], 1)).toEqual({ value: 0, ci95: [-1, 1], n: 0 });
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
