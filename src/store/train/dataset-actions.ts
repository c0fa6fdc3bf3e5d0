import { formatTree, parseTrees } from "../../core/data/lines";
import { passingPaths, type ReasoningTree } from "../../core/data/reasoning";
import { LabError } from "../../core/errors";
import { strategyConfig } from "../../experiment/spec/presets";
import type { DatasetKind, DatasetLine, DatasetRecipe, KeptDataset } from "../../ports/dataset-store";
import type { CollectSpec } from "../../selfplay/collect";
import { collectedPuzzles } from "../../selfplay/collect";
import { contentId, PATHS_PER_PROBLEM, trlFiles } from "../../selfplay/dataset";
import { parseRecords, type RecordShape } from "../../training/data/records";
import { drawnPairs, exchangedPairs, type TestPair } from "../../training/data/test-pairs";
import { FILE_WORDS, type FileKind, fileKind } from "../../training/file-kind";
import type { ImportNote, TrainStore, TrainWorld } from "./state";
import { Pace, working } from "./training-actions";

type Set = TrainStore["setState"];

/** The settings of `lab collect`, so that the same recipe makes the same trees. */
function specOf({ tier, problems, simulations, seed }: DatasetRecipe): CollectSpec {
  const config = { ...strategyConfig("mcts", simulations), numGeneratedTests: 0 };
  return { tier, problems, config, passes: PATHS_PER_PROBLEM, seed };
}

/** Makes what is left of a data set, and shows how it goes. @throws LabError what ends it. */
export async function advanceDataset(
  { id, recipe, counts }: KeptDataset,
  set: Set,
  world: TrainWorld,
  signal: AbortSignal,
): Promise<void> {
  if (recipe === null) return;
  const { datasets, now } = world;
  const pace = new Pace(now);
  const tell = (done: number) => {
    const share = Math.min(1, done / recipe.problems);
    working(set, { preparation: null, share, secondsLeft: pace.secondsLeft(share) });
  };
  if (counts.problems > 0) working(set, { resumedAt: `problem ${counts.problems + 1}` });
  const lines = await datasets.lines(id);
  const make = recipe.source === "trees" ? treeLines : pairLines;
  for await (const batch of make(recipe, lines, (preparation) => working(set, { preparation }), world, signal)) {
    const grown = await datasets.add(id, batch);
    if (grown === null) return;
    shown(set, grown);
    tell(grown.counts.problems);
  }
  if (signal.aborted) return;
  const content = contentId(inOrder(recipe, await datasets.lines(id)));
  await datasets.note(id, { content });
  set(({ datasets: all }) => ({ datasets: all.map((each) => (each.id === id ? { ...each, content } : each)) }));
}

function shown(set: Set, grown: KeptDataset): void {
  set(({ datasets }) => ({ datasets: datasets.map((each) => (each.id === grown.id ? grown : each)) }));
}

type Tell = Parameters<TrainWorld["policy"]>[1];

/** Trees that are still to be searched, several at once. */
async function* treeLines(
  recipe: DatasetRecipe,
  lines: readonly string[],
  tell: Tell,
  { collector }: TrainWorld,
  signal: AbortSignal,
): AsyncGenerator<readonly DatasetLine[]> {
  const done = parseTrees(lines.join("\n")).trees.map(({ problem }) => problem.id);
  for await (const trees of collector.collect(recipe.model, { spec: specOf(recipe), done }, tell, signal)) {
    yield trees.map(lineOf);
  }
}

/** A tree as a line. */
function lineOf(tree: ReasoningTree): DatasetLine {
  const paths = passingPaths(tree, PATHS_PER_PROBLEM).length;
  return {
    ...{ text: formatTree(tree), problems: 1, solved: paths > 0 ? 1 : 0 },
    ...{ nodes: tree.nodes.length, paths, tokens: tree.tokens },
  };
}

/** Puzzles that are asked about at once. */
const PUZZLES_AT_ONCE = 8;

/** Pairs of puzzles that are still to be asked about. */
async function* pairLines(
  { source, model, problems, seed }: DatasetRecipe,
  lines: readonly string[],
  tell: Tell,
  { policy }: TrainWorld,
  signal: AbortSignal,
): AsyncGenerator<readonly DatasetLine[]> {
  const asked = source === "drawn" ? await policy(model, tell, signal) : null;
  for (let from = puzzlesOf(lines); from < problems && !signal.aborted; from += PUZZLES_AT_ONCE) {
    const to = Math.min(problems, from + PUZZLES_AT_ONCE);
    const numbers = Array.from({ length: to - from }, (_, i) => from + i);
    const pairs = asked
      ? await drawnPairs(asked, seed, from, to, signal)
      : numbers.flatMap((index) => exchangedPairs(seed, index));
    yield pairs.map((pair, i) => pairLine(pair, i === 0 ? to - from : 0));
  }
}

/** The number of the first puzzle that was not asked about: pairs come in whole batches, and each names its puzzle's number. */
function puzzlesOf(lines: readonly string[]): number {
  const last = lines.at(-1);
  if (last === undefined) return 0;
  const { problem } = JSON.parse(last) as TestPair;
  return PUZZLES_AT_ONCE * (Math.floor(Number(problem.split("-").at(-1)) / PUZZLES_AT_ONCE) + 1);
}

function pairLine(pair: TestPair, problems: number): DatasetLine {
  return { text: JSON.stringify(pair), problems, solved: 0, nodes: 0, paths: 0, tokens: 0 };
}

/** A data set as a file. */
export function datasetFile({ recipe }: KeptDataset, lines: readonly string[], file: string): string {
  const rows = trlFiles({})[file];
  const sorted = recipe === null ? lines : inOrder(recipe, lines);
  const texts = rows
    ? parseTrees(sorted.join("\n")).trees.flatMap((tree) => rows(tree).map((row) => JSON.stringify(row)))
    : sorted;
  return texts.map((line) => `${line}\n`).join("");
}

/** Trees in the order of their problems, whichever search ended first; pairs come in order. */
function inOrder(recipe: DatasetRecipe, lines: readonly string[]): readonly string[] {
  if (recipe.source !== "trees") return lines;
  const places = new Map(collectedPuzzles(specOf(recipe)).map(({ id }, place) => [id, place]));
  const placeOf = (line: string) => places.get(parseTrees(line).trees[0]?.problem.id ?? "") ?? places.size;
  return lines
    .map((line) => ({ line, place: placeOf(line) }))
    .sort((a, b) => a.place - b.place)
    .map(({ line }) => line);
}

/** What a file holds. */
export interface ReadDataset extends ImportNote {
  readonly kind: DatasetKind;
  readonly lines: readonly DatasetLine[];
}

/** Says of a file that holds no lines what it is, and where it belongs. */
function notADataset(kind: FileKind): LabError {
  const hint = kind === "zip" ? "If it is a checkpoint, import it as one." : "It belongs nowhere here.";
  return new LabError("input/not-a-dataset", FILE_WORDS[kind], `${hint} A data set is a file of JSON lines.`);
}

const SHAPES: readonly RecordShape[] = ["stepwise", "preference", "completion"];

/** Reads trees or TRL's records. @throws LabError `input/not-a-dataset` when not a single line can be taken. */
export function readDataset(text: string): ReadDataset {
  const { trees, broken } = parseTrees(text);
  if (trees.length > 0) return { kind: "trees", lines: trees.map(lineOf), taken: trees.length, refused: broken };
  const read = SHAPES.map((shape) => ({ shape, ...parseRecords(shape, text) }));
  const best = read.reduce((a, b) => (b.records.length > a.records.length ? b : a));
  if (best.records.length === 0) {
    const kind = fileKind(text);
    if (kind !== "lines" && kind !== "text") throw notADataset(kind);
    const [first] = broken;
    throw new LabError(
      "input/not-a-dataset",
      `There is no record in it.${first ? ` Line ${first.line}: ${first.message}` : ""}`,
      "Give JSON lines: trees that this app has exported, or records as TRL reads them.",
    );
  }
  const lines = best.records.map((record) => ({
    ...{ text: JSON.stringify(record), problems: 0, solved: 0, nodes: 0, paths: 0, tokens: 0 },
  }));
  return { kind: best.shape, lines, taken: lines.length, refused: best.faults };
}
