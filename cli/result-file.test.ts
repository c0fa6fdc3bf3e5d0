import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { commandLine, readResult, writeResult } from "./result-file";

const folder = mkdtempSync(join(tmpdir(), "lab-result-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("keeps a command as anyone can type it", () => {
  const args = ["eval", "--checkpoint", "/home/someone/runs/policy", "--n", "300", "--out", "/tmp/a.json", "--json"];
  expect(commandLine(args)).toBe("npm run lab -- eval --checkpoint policy --n 300");
  expect(
    commandLine(["train", "tcg", "--work", "w", "--fresh", "--frozen", "model.", "--notes", "it's", "--seed", "2"]),
  ).toBe("npm run lab -- train tcg --frozen model. --seed 2");
  expect(commandLine(["solve", "--problem", "my puzzle.json"])).toBe("npm run lab -- solve --problem 'my puzzle.json'");
});

it("keeps of a checkpoint what it is known by, and reads back", () => {
  const path = join(folder, "a.json");
  const checkpoint = {
    ...{ id: "00112233445566ff", kind: "policy" as const, parents: ["0011223344556600"], objective: "sft", seed: 2 },
    ...{ tokens: 9, step: 3, config: {}, options: {}, metrics: {} },
  };
  const result = { kind: "eval", name: "policy", command: "npm run lab -- eval", seed: 1, settings: { n: 3 } };
  writeResult(path, { ...result, report: { passAt1: 1 }, checkpoints: [checkpoint] });
  const read = readResult(JSON.parse(readFileSync(path, "utf8")));
  const { step: _, config: __, options: ___, metrics: ____, ...known } = checkpoint;
  expect(read).toEqual({ format: "o1-coder-lab/result", ...result, report: { passAt1: 1 }, checkpoints: [known] });
  for (const other of [null, [], {}, { ...read, kind: 3 }, { ...read, format: "o1-coder-lab/comparison" }])
    expect(readResult(other)).toBeNull();
});
