import { statSync } from "node:fs";
import { join } from "node:path";
import { type GoldStep, parseGoldSet } from "../src/core/data/gold";
import { type BrokenLine, parseTrees } from "../src/core/data/lines";
import type { ReasoningTree } from "../src/core/data/reasoning";
import { LabError } from "../src/core/errors";
import { readInputFile } from "./input";

/**
 * Reads trees to measure on: a data set's folder, or a file of trees.
 * @param log gets one line for each broken line.
 * @throws LabError `input/*` when there is none, or when one is about a training problem: a scorer may have learnt from it.
 */
export function readTrees(path: string, log: (line: string) => void): readonly ReasoningTree[] {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const file = isFolder ? join(path, "trees.jsonl") : path;
  const { trees, broken } = parseTrees(readInputFile(file));
  tellBroken(file, broken, log);
  const [first] = trees;
  if (first === undefined) throw new LabError("input/empty", `${file} holds no tree.`, "Write some with lab collect.");
  const seen = trees.find(({ problem }) => problem.id.startsWith("train-"));
  if (seen === undefined) return trees;
  const message = `${seen.problem.id} is a training problem: a step scorer may have learnt from it.`;
  throw new LabError("input/not-held-out", message, "Collect trees with --split validation.");
}

/** Reads a gold set. @throws LabError `input/*` as {@link readTrees}. */
export function readGoldSet(path: string, log: (line: string) => void): readonly GoldStep[] {
  const { items, broken } = parseGoldSet(readInputFile(path));
  tellBroken(path, broken, log);
  if (items.length === 0) throw new LabError("input/empty", `${path} holds no step.`, "Write some with lab gold-set.");
  return items;
}

function tellBroken(file: string, broken: readonly BrokenLine[], log: (line: string) => void): void {
  for (const { line, message } of broken) log(`${file}, line ${line}, is left out. ${message}`);
}

/** What a gold set comes to, in one object. */
export function goldSetReport(gold: readonly GoldStep[]) {
  const sum = (of: (step: GoldStep) => number) => gold.reduce((total, step) => total + of(step), 0);
  const rollouts = sum((step) => step.rollouts);
  return {
    steps: gold.length,
    problems: new Set(gold.map(({ problem }) => problem.id)).size,
    rollouts,
    passes: rollouts === 0 ? 0 : sum((step) => step.passes) / rollouts,
    reward: rollouts === 0 ? 0 : sum((step) => step.rewardSum) / rollouts,
  };
}
