import { describe, expect, it } from "vitest";
import { quantizationWords } from "./model-words";

describe("quantizationWords", () => {
  it.each([
    ["q4f16_1", "4-bit, f16"],
    ["q3f16_0", "3-bit, f16"],
    ["q0f32", "f32"],
    ["int8", "int8"],
    ["", ""],
  ])("says %s in words", (quantization, words) => {
    expect(quantizationWords(quantization)).toBe(words);
  });
});
