import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { formatTree } from "../src/core/data/lines";
import type { ReasoningTree } from "../src/core/data/reasoning";
import { generatePuzzle } from "../src/puzzles/generator";
import { readGoldSet, readTrees } from "./scorer";
import { trainCommand } from "./train-command";

const folder = mkdtempSync(join(tmpdir(), "lab-scorer-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function treeOf(split: "train" | "validation"): ReasoningTree {
  const define = { parent: null, step: { kind: "define", text: "d" }, pass: null } as const;
  const counts = { visitCount: 1, valueSum: 1, logProb: -1, reached: true, exact: true };
  const code = { ...define, ...counts, parent: 0, step: { kind: "code", text: "c" }, pass: 1 } as const;
  return { problem: generatePuzzle(split, "hinted", 0).problem, nodes: [{ ...define, ...counts }, code], tokens: 1 };
}

it("reads held-out trees of a folder and tells of the lines that are broken", () => {
  write("trees.jsonl", `${formatTree(treeOf("validation"))}\n{\n`);
  const said: string[] = [];
  expect(readTrees(folder, (line) => said.push(line))).toEqual([treeOf("validation")]);
  expect(said).toEqual([`${join(folder, "trees.jsonl")}, line 2, is left out. It is not JSON.`]);
});

it("measures on nothing that may have been learnt from, and trains on nothing that is for measuring", () => {
  const [held, taught] = (["validation", "train"] as const).map((split) =>
    write(`${split}-trees.jsonl`, `${formatTree(treeOf(split))}\n`),
  );
  expect(() => readTrees(taught ?? "", () => {})).toThrow("is a training problem");
  const given = { seed: 1, backend: "simd", notes: "", out: folder } as const;
  expect(() => trainCommand("prm", { ...given, data: [held ?? ""] })).toThrow("held out");
  expect(() => trainCommand("prm", { ...given, data: [taught ?? ""], validation: held ?? "" })).not.toThrow();
});

it("says what is missing", () => {
  expect(() => readTrees(join(folder, "nowhere"), () => {})).toThrow("There is no file");
  expect(() => readTrees(write("empty.jsonl", "\n"), () => {})).toThrow("holds no tree");
  expect(() => readGoldSet(write("gold.jsonl", "{}\n"), () => {})).toThrow("holds no step");
});
