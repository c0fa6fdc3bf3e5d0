import { describe, expect, it } from "vitest";
import { formatBytes, formatNumber, formatShare, formatWait } from "./format";

describe("figures", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 KB"],
    [876_000_000, "876 MB"],
    [1_630_000_000, "1.6 GB"],
    [64_000_000_000, "64.0 GB"],
  ])("%i bytes", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0.2, "1 s"],
    [89, "89 s"],
    [150, "3 min"],
    [4800, "1 h 20 min"],
  ])("%f seconds to wait", (seconds, text) => {
    expect(formatWait(seconds)).toBe(text);
  });

  it("nearly all is not all", () => {
    expect([0, 0.5, 0.9999, 1].map(formatShare)).toEqual(["0 %", "50 %", "99 %", "100 %"]);
  });

  it("one problem, two problems", () => {
    expect([1, 2].map((count) => formatNumber(count, "problem"))).toEqual(["1 problem", "2 problems"]);
  });
});
