import { describe, expect, it } from "vitest";
import { TEST_CONFIG, testWeights } from "../test-fixture";
import { checkParams, type HostTensor, initialHeads } from "./parameters";

const tensor = (...shape: number[]): HostTensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

describe("checkParams", () => {
  const value = "heads.value.weight";
  const declared = new Map([[value, [1, 16]]]);

  it("takes exactly the base model's tensors", () => {
    const whole = testWeights();
    checkParams(TEST_CONFIG, whole);
    const without = new Map([...whole].filter(([name]) => name !== "model.norm.weight"));
    expect(() => checkParams(TEST_CONFIG, without)).toThrow(/model.norm.weight is missing/);
    expect(() => checkParams(TEST_CONFIG, new Map([...whole, ["lm_head.weight", tensor(2)]]))).toThrow(/lm_head/);
  });

  it("tolerates heads, and asks for those that are declared, in their shapes", () => {
    const withHead = (...shape: number[]) => new Map([...testWeights(), [value, tensor(...shape)]]);
    checkParams(TEST_CONFIG, withHead(3));
    checkParams(TEST_CONFIG, withHead(1, 16), declared);
    expect(() => checkParams(TEST_CONFIG, withHead(16), declared)).toThrow(/has the shape \[16\], not \[1, 16\]/);
    expect(() => checkParams(TEST_CONFIG, testWeights(), declared)).toThrow(/heads.value.weight is missing/);
  });
});

describe("initialHeads", () => {
  it("draws matrices from the seed and leaves vectors 0", () => {
    const shapes = new Map([
      ["heads.a.weight", [2, 8]],
      ["heads.a.bias", [2]],
    ]);
    const heads = initialHeads(shapes, 1);
    expect(initialHeads(shapes, 1)).toEqual(heads);
    expect(initialHeads(shapes, 2)).not.toEqual(heads);
    expect(heads.get("heads.a.bias")?.data).toEqual(Float32Array.of(0, 0));
    expect(heads.get("heads.a.weight")?.data.every((number) => number !== 0 && Math.abs(number) < 0.2)).toBe(true);
  });
});
