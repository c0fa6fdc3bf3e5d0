import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import { afterAll, describe, expect, it } from "vitest";
import { nearest, parseJson, parseProblemRef, readInputFile } from "./input";
import { numberWithin } from "./options";

const folder = mkdtempSync(join(tmpdir(), "lab-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("JSON from outside", () => {
  it.each([
    ['{"a": x}', 1, 7],
    ['{\n  "a": 1,\n  "b" 2\n}', 3, 7],
    ["[1, 2", 1, 6],
    ["", 1, 1],
    ['{"a": 1}}', 1, 9],
    ['{"a": tru3}', 1, 10],
    ["[1,, 2]", 1, 4],
    ["{'a': 1}", 1, 2],
    ['{"a": "two\nlines"}', 1, 11],
  ])("names the first mistake of %j", (text, line, column) => {
    expect(() => parseJson(text, "p.json")).toThrow(`p.json is not JSON: mistake in line ${line}, column ${column}.`);
  });

  it("says that a file is missing or a folder", () => {
    expect(() => readInputFile(join(folder, "none.json"))).toThrow("There is no file");
    expect(() => readInputFile(folder)).toThrow("is a folder");
  });
});

describe("--problem", () => {
  it("takes named and generated ids", () => {
    expect(parseProblemRef("even-steven")).toEqual({ source: "named", id: "even-steven" });
    expect(parseProblemRef("test-hinted-12-s7")).toEqual({
      source: "generated",
      split: "test",
      tier: "hinted",
      index: 12,
      seed: 7,
    });
  });

  it("suggests what was meant", () => {
    try {
      parseProblemRef("evn-steven");
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "input/unknown-problem", hint: "Did you mean even-steven?" });
    }
  });

  it("takes a problem of one's own, and says what is wrong with it", () => {
    const problem = { title: "Twice", statement: "Double it.", entryPoint: "twice", language: "javascript" };
    const tests = [{ input: [2], expected: 4 }];
    const good = file("good.json", JSON.stringify({ ...problem, visibleTests: tests, hiddenTests: [] }));
    expect(parseProblemRef(good)).toMatchObject({ source: "custom", entryPoint: "twice" });
    const bad = file("bad.json", JSON.stringify({ ...problem, visibleTests: [], hiddenTests: [] }));
    expect(() => parseProblemRef(bad)).toThrow("visibleTests");
  });
});

describe("numbers", () => {
  const parse = numberWithin({ min: 1, max: 10, whole: true });

  it("takes what is within the limit", () => expect(parse("10")).toBe(10));

  it.each(["0", "11", "1.5", "", " ", "x", "Infinity", "1e9"])("refuses %j", (text) => {
    expect(() => parse(text)).toThrow(InvalidArgumentError);
  });
});

describe("nearest names", () => {
  it("offers the nearest first and nothing far", () => {
    expect(nearest("mirror", ["mirror-mirror", "even-steven", "mirrors"])).toEqual(["mirror-mirror", "mirrors"]);
    expect(nearest("qqqqqqqq", ["mirror-mirror", "even-steven"])).toEqual([]);
  });
});
