import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALPHA_SCHEDULES, aggregatedReward, alphaAt } from "./aggregated-reward";

describe("alpha(t)", () => {
  it("goes its way by hand", () => {
    const of = (kind: (typeof ALPHA_SCHEDULES)[number], t: number) => alphaAt({ kind, from: 1, to: 0.2 }, t);
    expect([0, 0.3, 1].map((t) => of("constant", t))).toEqual([1, 1, 1]);
    expect([0, 0.25, 1].map((t) => of("linear", t))).toEqual([1, 0.8, expect.closeTo(0.2, 12)]);
    // ln(1 + 99 / 11) / ln 100 = 1 / 2
    expect([0, 1 / 11, 1].map((t) => of("logarithmic", t))).toEqual([
      1,
      expect.closeTo(0.6, 12),
      expect.closeTo(0.2, 12),
    ]);
  });
});

describe("phi", () => {
  it("is both terms by hand, and tells them apart", () => {
    // (0.5 * 0.8 + 0.25 * 0.4) / 2 = 0.25
    expect(aggregatedReward(1, [0.8, 0.4], 0.75, 0.5)).toEqual({
      value: expect.closeTo(0.75 + 0.25 * 0.25, 12),
      outcome: 1,
      process: expect.closeTo(0.25, 12),
    });
    expect(aggregatedReward(0, [0.8, 0.4], 0, 1).value).toBeCloseTo(0.6, 12);
  });

  it("is the outcome where no step was scored, and has a process of 0 where there is no step", () => {
    expect(aggregatedReward(0.5, null, 0.1, 0.9)).toEqual({ value: 0.5, outcome: 0.5, process: null });
    expect(aggregatedReward(1, [], 0.5, 0.9)).toEqual({ value: 0.5, outcome: 1, process: 0 });
  });

  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const gammas = fc.double({ min: 0.01, max: 1, noNaN: true });
  const schedules = fc.record({ kind: fc.constantFrom(...ALPHA_SCHEDULES), from: unit, to: unit });

  it("lies between its terms and in [0, 1], whatever the schedule", () => {
    const property = fc.property(
      unit,
      fc.array(unit),
      gammas,
      schedules,
      unit,
      (outcome, steps, gamma, schedule, t) => {
        const alpha = alphaAt(schedule, t);
        const [low, high] = [Math.min(schedule.from, schedule.to), Math.max(schedule.from, schedule.to)];
        expect(alpha).toBeGreaterThanOrEqual(low - 1e-12);
        expect(alpha).toBeLessThanOrEqual(high + 1e-12);
        const { value, process } = aggregatedReward(outcome, steps, alpha, gamma);
        expect(value).toBeGreaterThanOrEqual(Math.min(outcome, process ?? 0) - 1e-12);
        expect(value).toBeLessThanOrEqual(Math.max(outcome, process ?? 0) + 1e-12);
        expect(process).toBeLessThanOrEqual(1 + 1e-12);
      },
    );
    fc.assert(property);
  });

  it("never falls when a step or the outcome gets better", () => {
    const property = fc.property(
      unit,
      fc.array(unit, { minLength: 1 }),
      unit,
      gammas,
      fc.nat(),
      (outcome, steps, alpha, gamma, at) => {
        const better = steps.map((value, i) => (i === at % steps.length ? 1 : value));
        const { value } = aggregatedReward(outcome, steps, alpha, gamma);
        expect(aggregatedReward(outcome, better, alpha, gamma).value).toBeGreaterThanOrEqual(value - 1e-12);
        expect(aggregatedReward(1, steps, alpha, gamma).value).toBeGreaterThanOrEqual(value - 1e-12);
      },
    );
    fc.assert(property);
  });
});
