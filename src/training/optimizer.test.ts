import { describe, expect, it } from "vitest";
import { warmupCosine } from "./optimizer";

describe("warmupCosine", () => {
  it("rises in a straight line, then falls along half a cosine", () => {
    expect(warmupCosine(0, 0.1)).toBe(0);
    expect(warmupCosine(0.05, 0.1)).toBeCloseTo(0.5);
    expect(warmupCosine(0.1, 0.1)).toBe(1);
    expect(warmupCosine(0.55, 0.1)).toBeCloseTo(0.5);
    expect(warmupCosine(1, 0.1)).toBeCloseTo(0);
    expect(warmupCosine(1.2, 0.1)).toBeCloseTo(0);
  });

  it("begins at the peak without a warm-up", () => {
    expect(warmupCosine(0, 0)).toBe(1);
  });
});
