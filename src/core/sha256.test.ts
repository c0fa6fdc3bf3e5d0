import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { sha256 } from "./sha256";

it("is SHA-256, at every length around the ends of its blocks", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7919) % 256);
  for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000]) {
    const part = bytes.subarray(0, length);
    expect(sha256(part)).toBe(createHash("sha256").update(part).digest("hex"));
  }
});
