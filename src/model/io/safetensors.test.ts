import { safetensors } from "@jax-js/loaders";
import { describe, expect, it } from "vitest";
import type { HostParams } from "../network/parameters";
import { fromHalfBits, readSafetensors, toHalfBits, writeSafetensors } from "./safetensors";

const tensors: HostParams = new Map([
  ["a.weight", { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 1e-3, 65504, 0) }],
  ["b", { shape: [1], data: Float32Array.of(0.1) }],
]);

describe("safetensors", () => {
  it("gives back float32 tensors and metadata exactly", () => {
    const file = readSafetensors(writeSafetensors(tensors, "F32", { step: "7" }));
    expect(file.tensors).toEqual(tensors);
    expect(file.metadata).toEqual({ format: "pt", step: "7" });
  });

  it("gives back float16 tensors to half precision", () => {
    const { tensors: read } = readSafetensors(writeSafetensors(tensors, "F16"));
    expect(read.get("a.weight")?.shape).toEqual([2, 3]);
    expect([...(read.get("a.weight")?.data ?? [])].slice(0, 3)).toEqual([1, -2, 0.5]);
    expect(read.get("b")?.data[0]).toBeCloseTo(0.1, 4);
  });

  it("reads and writes what another implementation reads", () => {
    const { tensors: read } = safetensors.parse(writeSafetensors(tensors, "F32"));
    expect(read["a.weight"]?.shape).toEqual([2, 3]);
    expect(read["a.weight"]?.data).toEqual(tensors.get("a.weight")?.data);
  });

  it.each([
    ["nothing", new Uint8Array(3)],
    ["a header that is too long", Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 1)],
    ["no JSON", new TextEncoder().encode("\u0004\0\0\0\0\0\0\0abcd")],
    ["tensors that are cut off", writeSafetensors(tensors, "F32").slice(0, -2)],
  ])("refuses %s in one clear sentence", (_, file) => {
    expect(() => readSafetensors(file)).toThrow(/^The weights file cannot be read: /);
  });
});

describe("half precision", () => {
  it("converts every half to itself", () => {
    const all = Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => !Number.isNaN(fromHalfBits(bits)));
    expect(all.filter((bits) => toHalfBits(fromHalfBits(bits)) !== bits)).toEqual([]);
  });

  it("rounds to the nearest, ties to even", () => {
    expect(fromHalfBits(toHalfBits(1 + 1 / 2048))).toBe(1);
    expect(fromHalfBits(toHalfBits(1 + 3 / 2048))).toBe(1 + 2 / 1024);
    expect(fromHalfBits(toHalfBits(2 ** -25))).toBe(0);
    expect(fromHalfBits(toHalfBits(3 * 2 ** -26))).toBe(2 ** -24);
  });

  it("keeps what has no half apart", () => {
    expect(fromHalfBits(toHalfBits(65504))).toBe(65504);
    expect(fromHalfBits(toHalfBits(65520))).toBe(Number.POSITIVE_INFINITY);
    expect(fromHalfBits(toHalfBits(Number.NaN))).toBeNaN();
  });
});
