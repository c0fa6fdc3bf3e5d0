import { describe, expect, it } from "vitest";
import { pairedComparison } from "./paired";

const outcomes = (solved: string) => [...solved].map((mark, i) => ({ id: `p${i}`, solved: mark === "+" }));
const figure = ({ solved }: { readonly solved: boolean }) => Number(solved);

describe("a paired comparison", () => {
  it("is about the problems that both have, whatever their order", () => {
    const second = outcomes("+-+---").reverse();
    // Both have p0 to p5: + + + + - + against + - + - - -: three of six gained, none lost; 2 / 2^3.
    const { gain, test } = pairedComparison(outcomes("++++-+++++"), second, figure, 1);
    expect(gain).toMatchObject({ value: 0.5, n: 6 });
    expect(gain.ci95[0]).toBeGreaterThanOrEqual(0);
    expect(test).toEqual({ onlyFirst: 3, onlySecond: 0, p: expect.closeTo(0.25, 12) });
  });

  it("takes the mean of a problem's runs, for which there is no McNemar's test", () => {
    const first = [...outcomes("++"), ...outcomes("-+")];
    const { gain, test } = pairedComparison(first, outcomes("-+"), figure, 1);
    expect(gain).toMatchObject({ value: 0.25, n: 2 });
    expect(test).toBeNull();
  });

  it("is nothing where there is no common problem", () => {
    expect(pairedComparison(outcomes("+"), [], figure, 1)).toEqual({
      gain: { value: 0, ci95: [-1, 1], n: 0 },
      test: { onlyFirst: 0, onlySecond: 0, p: 1 },
    });
  });
});
