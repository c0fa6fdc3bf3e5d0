import { describe, expect, it } from "vitest";
import { type FileKind, fileKind } from "./file-kind";

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  new Uint8Array(parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : [...part])));

const safetensors = (header: string) => bytes([header.length % 256, header.length >> 8, 0, 0, 0, 0, 0, 0], header);

const FILES: readonly (readonly [FileKind, Uint8Array])[] = [
  ["zip", bytes("PK", [3, 4, 20, 0, 0, 0, 8, 0])],
  ["picture", bytes([0x89], "PNG\r\n", [0x1a, 0x0a, 0, 0, 0, 13], "IHDR")],
  ["picture", bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16], "JFIF", [0, 1])],
  ["picture", bytes("RIFF", [1, 2, 0, 0], "WEBPVP8 ")],
  ["picture", bytes('<svg xmlns="http://www.w3.org/2000/svg">')],
  ["pdf", bytes("%PDF-1.7\n")],
  ["weights", safetensors(`{"__metadata__":{"format":"pt"},"x":{"dtype":"F16"}}`.padEnd(300))],
  ["weights", safetensors(`{"model.embed_tokens.weight":{"dtype":"F16","shape":[192,128]}}`.padEnd(1000))],
  ["page", bytes("<!DOCTYPE html><html>")],
  ["lines", bytes('{"prompt":"p","completion":"c"}\n')],
  ["lines", bytes([0xef, 0xbb, 0xbf], "[1, 2]")],
  ["text", bytes("just words, ünd more")],
  ["empty", bytes()],
  ["other", bytes([0x1f, 0x8b, 8, 0, 0, 0])],
];

describe("fileKind", () => {
  it.each(FILES)("tells a %s by how it begins", (kind, file) => {
    expect(fileKind(file)).toBe(kind);
    // As a file is given that was read as text.
    expect(fileKind(new TextDecoder().decode(file))).toBe(kind);
  });

  it("looks at the beginning only, also where that cuts a character", () => {
    expect(fileKind(bytes(`${"a".repeat(255)}é${"a".repeat(600)}`))).toBe("text");
  });
});
