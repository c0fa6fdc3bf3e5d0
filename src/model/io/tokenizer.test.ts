import { readFileSync } from "node:fs";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadTokenizer } from "./tokenizer";

const json = JSON.parse(readFileSync("public/models/tiny/tokenizer.json", "utf8")) as object;
const tokenizer = loadTokenizer(json);

const program = "<code>function solve(xs) {\n  xs = xs.filter(x => x % 2 === 0);\n  return xs;\n}<end><eos>";

describe("tokenizer", () => {
  it("gives text back exactly", () => {
    expect(tokenizer.decode(tokenizer.encode(program))).toBe(program);
    const printable = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) });
    fc.assert(fc.property(printable, (text) => tokenizer.decode(tokenizer.encode(text)) === text));
  });

  it("has one token for a marker, wherever it stands", () => {
    const ids = tokenizer.encode("x<end><eos>");
    expect(ids.slice(-2)).toEqual([tokenizer.idOf("<end>"), tokenizer.idOf("<eos>")]);
  });

  it("agrees with transformers' own decoding", () => {
    const ids = tokenizer.encode(program);
    const reference = new HuggingFaceTokenizer(json, { clean_up_tokenization_spaces: false });
    expect(reference.decode(ids, { skip_special_tokens: false })).toBe(program);
  });

  it("cuts segments the same way as their sum, at token borders", () => {
    const parts = ["<problem>Keep the even numbers.\n", "[4, 7] -> [4]\n<think>", "<define>1 operation: filter"];
    expect(parts.flatMap((part) => tokenizer.encode(part))).toEqual(tokenizer.encode(parts.join("")));
  });

  it("refuses ids and pieces outside its vocabulary", () => {
    expect(() => tokenizer.decode([tokenizer.vocabSize])).toThrow(/^The tokenizer has no token number/);
    expect(() => tokenizer.pieceOf(-1)).toThrow(/^The tokenizer has no token number/);
    expect(() => tokenizer.idOf("<unheard>")).toThrow(/^The tokenizer has no token/);
  });

  it("refuses a file that is no tokenizer", () => {
    expect(() => loadTokenizer({ model: 1 })).toThrow(/^The model's tokenizer.json cannot be read/);
  });
});
