import { describe, expect, it } from "vitest";
import { capacityOf, formatModelRef, parseModelRef } from "./model";

describe("the name of a model", () => {
  it.each([
    ["tiny", { engine: "tiny" }],
    ["tiny@7f3a-rl.2", { engine: "tiny", checkpoint: "7f3a-rl.2" }],
    ["tiny+scorer@12", { engine: "tiny", scorer: "12" }],
    ["tiny@a+scorer@b+tests@c", { engine: "tiny", checkpoint: "a", scorer: "b", testGenerator: "c" }],
    ["webllm:Qwen2.5-Coder-1.5B", { engine: "webllm", id: "Qwen2.5-Coder-1.5B" }],
    [
      "openai:http://localhost:8000/v1#my tiny",
      { engine: "openai", baseUrl: "http://localhost:8000/v1", model: "my tiny" },
    ],
  ])("%s is read and written", (text, ref) => {
    expect(parseModelRef(text)).toEqual(ref);
    expect(formatModelRef(parseModelRef(text))).toBe(text);
  });

  it.each([
    "",
    "tiny@",
    "tiny@a b",
    "tiny@../x",
    "tiny@a@b",
    "tiny+scorer",
    "tiny+tests@a+scorer@b",
    "webllm:",
    "openai:http://a",
    "openai:ftp://a#m",
    "gpt",
  ])("%j is none", (text) => {
    expect(() => parseModelRef(text)).toThrow(expect.objectContaining({ code: "input/model" }));
  });

  it("has no place for a password", () => {
    expect(() => parseModelRef("openai:http://me:secret@host/v1#m")).toThrow("holds a user name or a password");
  });
});

it("says how many requests are worth having under way", () => {
  expect(capacityOf({ kind: "batch", size: 16 })).toBe(16);
  expect(capacityOf({ kind: "sequences", count: 1 })).toBe(1);
  expect(capacityOf({ kind: "requests", limit: 4 })).toBe(4);
});
