import { describe, expect, it } from "vitest";
import { cutText } from "./cut-text";

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
