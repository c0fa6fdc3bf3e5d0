import { describe, expect, it } from "vitest";
import { cutText, formatBytes, formatNumber, formatShare, formatWait, valueText } from "./format";

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

const endless = Number.POSITIVE_INFINITY;

describe("cutText", () => {
  it("leaves a text alone that is hardly longer", () => {
    expect(cutText("x".repeat(110), 100, endless)).toHaveLength(110);
    expect(cutText("a\nb\nc\nd\ne", 100, 4)).toBe("a\nb\nc\nd\ne");
  });

  it("cuts by characters", () => {
    expect(cutText("x".repeat(1000), 100, endless)).toHaveLength(100);
  });

  it("cuts after a whole word, unless that would lose much", () => {
    expect(cutText("word ".repeat(100), 98, endless)).toBe("word ".repeat(19).trimEnd());
    expect(cutText("word ".repeat(100), 99, endless)).toBe("word ".repeat(20).trimEnd());
    expect(cutText(`a ${"x".repeat(1000)}`, 100, endless)).toHaveLength(100);
  });

  it("leaves a short text alone even if it has more lines", () => {
    const short = "1 2 3\n".repeat(9);
    expect(cutText(short, 600, 6)).toBe(short);
    expect(cutText("1\n".repeat(30), 600, 6)).toBe("1\n".repeat(6).trimEnd());
  });

  it("cuts by lines", () => {
    expect(cutText("a\n".repeat(50), 1000, 3)).toBe("a\na\na");
  });
});

describe("valueText", () => {
  it("writes JSON with air in it", () => {
    expect(valueText([1, ["a", null], { b: [true, -2.5] }], "javascript")).toBe(
      '[1, ["a", null], {"b": [true, -2.5]}]',
    );
  });

  it("says the words of Python", () => {
    expect(valueText([null, true, "true", { none: false }], "python")).toBe('[None, True, "true", {"none": False}]');
  });

  it("writes a large integer in full, wherever it stands", () => {
    expect(
      valueText(
        {
          $dict: [
            ["2", { $float: "1.0" }],
            ["1", true],
          ],
        },
        "python",
      ),
    ).toBe('{"2": 1.0, "1": True}');
    const large = { $int: "-12345678901234567890123" };
    expect(valueText(large, "python")).toBe("-12345678901234567890123");
    expect(valueText([[large], { deep: large }], "javascript")).toBe(
      '[[-12345678901234567890123], {"deep": -12345678901234567890123}]',
    );
  });
});
