import { lab } from "d3";
import { describe, expect, it } from "vitest";
import { type Theme, valueColor } from "./color";

const STEPS = Array.from({ length: 17 }, (_, i) => i / 16);

describe.each<Theme>(["light", "dark"])("valueColor, %s", (theme) => {
  const colors = STEPS.map((value) => lab(valueColor(value, theme)));

  it("gets steadily darker (light) or lighter (dark), so that lightness alone tells the order", () => {
    const sign = theme === "light" ? -1 : 1;
    for (let i = 1; i < colors.length; i++) {
      expect(sign * ((colors[i]?.l ?? 0) - (colors[i - 1]?.l ?? 0))).toBeGreaterThan(0.8);
    }
  });

  it("is perceptually uniform: neighbouring steps are equally far apart", () => {
    const gaps = colors.slice(1).map((b, i) => {
      const a = colors[i];
      return a ? Math.hypot(b.l - a.l, b.a - a.a, b.b - a.b) : 0;
    });
    expect(Math.max(...gaps) / Math.min(...gaps)).toBeLessThan(1.35);
  });

  it("clamps", () => {
    expect(valueColor(-1, theme)).toBe(valueColor(0, theme));
    expect(valueColor(2, theme)).toBe(valueColor(1, theme));
  });
});
