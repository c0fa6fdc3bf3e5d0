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

  it("cuts by lines", () => {
    expect(cutText("a\n".repeat(50), 1000, 3)).toBe("a\na\na");
  });
});
