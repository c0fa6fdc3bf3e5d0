import { describe, expect, it } from "vitest";
import { collapseOf, type WatchedStep } from "./collapse";

/** Steps of which a figure goes its way. */
const steps = (count: number, of: (i: number) => Partial<WatchedStep>): readonly WatchedStep[] =>
  Array.from({ length: count }, (_, i) => ({ outcome: 0.4, entropy: 0.05, evenShare: 0.3, ...of(i) }));

describe("a collapse", () => {
  it("is none while all goes as it did, however a single step turns out", () => {
    expect(
      collapseOf(steps(40, (i) => (i % 3 === 0 ? { outcome: 0.1, entropy: 0.001, evenShare: 1 } : {}))),
    ).toBeNull();
  });

  it("of the reward names what it is and what it was", () => {
    const falling = steps(24, (i) => ({ outcome: i < 8 ? 0.5 : 0.24 }));
    expect(collapseOf(falling)?.message).toMatch(/outcome reward .* 0\.240, and was 0\.500/);
    expect(collapseOf(steps(24, (i) => ({ outcome: i < 8 ? 0.5 : 0.26 })))).toBeNull();
    // It is compared with the best there was, not with the beginning.
    expect(collapseOf(steps(32, (i) => ({ outcome: i < 8 ? 0.2 : i < 16 ? 0.5 : 0.2 })))?.message).toContain("0.200");
  });

  it("of entropy names what it is and what it was", () => {
    const fading = steps(24, (i) => ({ entropy: i < 8 ? 0.05 : 0.002 }));
    expect(collapseOf(fading)?.message).toMatch(/Entropy .* 0\.0020 nats a token, at first it was 0\.050/);
  });

  it("is when nothing can be learnt any more", () => {
    expect(collapseOf(steps(24, (i) => ({ evenShare: i < 16 ? 0.5 : 1 })))?.message).toMatch(
      /^Nothing is left to learn/,
    );
  });

  it("is not called before there are steps enough to tell", () => {
    expect(collapseOf(steps(15, (i) => ({ outcome: i < 8 ? 1 : 0 })))).toBeNull();
    expect(collapseOf([])).toBeNull();
  });
});
