import { describe, expect, it } from "vitest";
import { averageSamplingPassRate, passAt1, passAtK, tokensPerSolved, wilsonInterval } from "./stats";

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

describe("Pass@k", () => {
  it.each([
    // 1 - C(7,1)/C(10,1)
    [10, 3, 1, 0.3],
    // 1 - C(3,2)/C(5,2) = 1 - 3/10
    [5, 2, 2, 0.7],
    // 1 - C(8,5)/C(10,5) = 1 - 56/252
    [10, 2, 5, 1 - 56 / 252],
    [4, 0, 4, 0],
    [4, 1, 4, 1],
    [5, 5, 1, 1],
  ])("from %i samples, %i correct, k = %i", (n, correct, k, value) => {
    expect(passAtK(n, correct, k)).toBeCloseTo(value, 12);
  });

  it("does not overflow", () => {
    expect(passAtK(2000, 1, 1000)).toBeCloseTo(0.5, 9);
  });

  it("refuses what cannot be", () => {
    expect(() => passAtK(3, 4, 1)).toThrow(RangeError);
    expect(() => passAtK(3, 1, 4)).toThrow(RangeError);
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
