import { describe, expect, it } from "vitest";
import { valueText } from "./value-text";

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
    const large = { $int: "-12345678901234567890123" };
    expect(valueText(large, "python")).toBe("-12345678901234567890123");
    expect(valueText([[large], { deep: large }], "javascript")).toBe(
      '[[-12345678901234567890123], {"deep": -12345678901234567890123}]',
    );
  });
});
