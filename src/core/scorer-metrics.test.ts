import { describe, expect, it } from "vitest";
import { auc, calibration, type RankedItem, siblingAccuracy } from "./scorer-metrics";

const item = (score: number, isRight: boolean, group = 0): RankedItem => ({ score, isRight, group });

describe("AUC", () => {
  it("is the share of right and wrong pairs that are ranked right, ties half", () => {
    // Pairs (0.9, 0.8), (0.9, 0.5), (0.5, 0.8), (0.5, 0.5): 1 + 1 + 0 + 0.5 of 4.
    const items = [item(0.9, true), item(0.5, true), item(0.8, false), item(0.5, false)];
    expect(auc(items, 1)).toMatchObject({ value: 0.625, n: 4 });
    expect(auc([item(-3, false), item(-2, true)], 1)?.value).toBe(1);
    expect(auc([item(-3, true), item(-2, false)], 1)?.value).toBe(0);
  });

  it("is not known where all are alike, or there is nothing", () => {
    expect(auc([item(0.1, true), item(0.9, true)], 1)).toBeNull();
    expect(auc([], 1)).toBeNull();
  });

  it("has an interval over groups, not items: what is said ten times is not ten times as certain", () => {
    const groups = Array.from({ length: 20 }, (_, group) => [
      item(group % 4 === 0 ? 0 : 1, true, group),
      item(0.5, false, group),
    ]);
    const once = auc(groups.flat(), 7);
    const often = auc(
      groups.flatMap((group) => Array.from({ length: 10 }, () => group).flat()),
      7,
    );
    expect(once?.value).toBe(0.75);
    expect(often?.ci95).toEqual(once?.ci95);
    expect(once?.ci95[0]).toBeGreaterThan(0.5);
    expect(once?.ci95[0]).toBeLessThan(0.7);
    expect(once?.ci95[1]).toBeGreaterThan(0.8);
    expect(auc(groups.flat(), 7)).toEqual(once);
  });
});

describe("the accuracy among siblings", () => {
  it("compares no step with one of another parent", () => {
    // First set: one right above one of two wrong. Second: a tie. Third has no pair.
    const sets = [
      { group: 0, items: [item(0.6, true), item(0.4, false), item(0.7, false)] },
      { group: 0, items: [item(0.2, true), item(0.2, false)] },
      { group: 1, items: [item(0.1, true), item(0.9, true)] },
    ];
    expect(siblingAccuracy(sets, 1)).toMatchObject({ value: 0.5, n: 3 });
    expect(siblingAccuracy([], 1)).toMatchObject({ n: 0, ci95: [0, 1] });
  });
});

describe("calibration", () => {
  it("holds the mean estimate of each bin against what was observed there", () => {
    const forecasts = [
      { estimate: 0.1, observed: 0, group: 0 },
      { estimate: 0.15, observed: 0.25, group: 0 },
      { estimate: 1, observed: 0.5, group: 1 },
      { estimate: 0.95, observed: 0.95, group: 2 },
    ];
    const found = calibration(forecasts, 1);
    // Bin 0.1 to 0.2: means 0.125 and 0.125. Bin 0.9 to 1: 0.975 and 0.725, two of four forecasts.
    expect(found?.ece.value).toBeCloseTo(0.125, 12);
    expect(found?.brier).toBeCloseTo((0.01 + 0.01 + 0.25 + 0) / 4, 12);
    expect(found?.bins.map(({ count }) => count)).toEqual([0, 2, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(found?.bins[0]).toEqual({ from: 0, to: 0.1, count: 0, estimate: null, observed: null });
    expect(found?.bins[9]?.observed).toBeCloseTo(0.725, 12);
    expect(found?.observed).toBeCloseTo(0.425, 12);
    const [low = 1, high = 0] = found?.ece.ci95 ?? [];
    expect(low).toBeLessThan(0.125);
    expect(high).toBeGreaterThan(0.125);
  });

  it("is not known without a forecast", () => {
    expect(calibration([], 1)).toBeNull();
  });
});
