import { describe, expect, it } from "vitest";
import { bandPath, curvePath, placeOf, ticks } from "./curve-shape";

const point = (at: number, value: number) => ({
  at,
  solved: { value, ci95: [Math.max(0, value - 0.1), Math.min(1, value + 0.1)] as const, n: 10 },
});

describe("the scale", () => {
  it("gives every doubling the same room", () => {
    expect(ticks(6400).map((at) => placeOf(at, 6400))).toEqual([0, 1 / 3, 2 / 3, 1].map((x) => expect.closeTo(x, 9)));
    expect(placeOf(3200, 6400)).toBeCloseTo(5 / 6, 9);
  });

  it("keeps what lies outside at its ends", () => {
    expect(placeOf(0, 6400)).toBe(0);
    expect(placeOf(9000, 6400)).toBe(1);
    expect(placeOf(5, 0)).toBe(0);
  });
});

describe("a curve", () => {
  it("stands at each point until the next, and goes on to the right end", () => {
    expect(curvePath([point(0, 0), point(400, 0.25), point(1600, 0.5)], 6400)).toBe(
      "M0 100L33.333 100L33.333 75L66.667 75L66.667 50L100 50",
    );
  });

  it("begins with what there was at the left end", () => {
    expect(curvePath([point(0, 0), point(20, 0.25), point(50, 0.5)], 6400)).toBe("M0 50L100 50");
  });

  it("has its interval around it", () => {
    expect(bandPath([point(0, 0.5)], 6400)).toBe("M0 40L100 40L100 60L0 60Z");
    expect(bandPath([], 6400)).toBe("");
  });
});
