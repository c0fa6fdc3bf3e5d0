import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatTree, parseTrees } from "../src/core/data/lines";
import type { ReasoningTree } from "../src/core/data/reasoning";
import { LabError } from "../src/core/errors";
import { type ModelInfo, parseModelRef } from "../src/core/model";
import { type CollectSpec, collectedPuzzles } from "../src/selfplay/collect";
import { type DatasetRecord, datasetRecord, parseDatasetRecord, trlFiles } from "../src/selfplay/dataset";
import { readInputFile, writeOutputFile } from "./input";

/** A data set in a folder, on its way. */
export interface DatasetFolder {
  /** Ids of the problems whose trees are there. */
  readonly done: readonly string[];
  /** Takes a tree as the page tells it, as a line, and keeps it at once. */
  add(line: string): void;
  /** Puts the trees in the order of their problems, and writes the record and what TRL reads. */
  finish(model: ModelInfo): Promise<DatasetRecord>;
}

/**
 * Begins a data set in a folder, or goes on with the one that is there: `trees.jsonl` grows by a line with every tree.
 * @param log gets one line for each broken line, whose problem is then searched again.
 * @throws LabError `input/other-settings` when the folder holds a data set of other settings; `input/*` when it cannot be read or written.
 */
export async function openDataset(
  folder: string,
  spec: CollectSpec,
  model: string,
  log: (line: string) => void,
): Promise<DatasetFolder> {
  mkdirSync(folder, { recursive: true });
  const [recordPath, treesPath] = [join(folder, "dataset.json"), join(folder, "trees.jsonl")];
  const ref = parseModelRef(model);
  const parents = ref.engine === "tiny" && ref.checkpoint !== undefined ? [ref.checkpoint] : [];
  const write = (record: DatasetRecord) => writeOutputFile(recordPath, `${JSON.stringify(record, null, 2)}\n`);
  if (existsSync(recordPath)) checkSame(parseDatasetRecord(readInputFile(recordPath)), spec, parents, folder);
  const read = parseTrees(existsSync(treesPath) ? readFileSync(treesPath, "utf8") : "");
  for (const { line, message } of read.broken) log(`trees.jsonl, line ${line}, is left out. ${message}`);
  const trees = [...read.trees];
  const lines = (all: readonly object[]) => all.map((each) => `${JSON.stringify(each)}\n`).join("");
  writeOutputFile(treesPath, lines(trees));
  write(await datasetRecord(spec, null, parents, trees));
  return {
    done: trees.map(({ problem }) => problem.id),
    add(line) {
      appendFileSync(treesPath, `${line}\n`);
      trees.push(JSON.parse(line) as ReasoningTree);
    },
    async finish(info) {
      const places = new Map(collectedPuzzles(spec).map(({ id }, place) => [id, place]));
      const placeOf = ({ problem }: ReasoningTree) => places.get(problem.id) ?? places.size;
      trees.sort((a, b) => placeOf(a) - placeOf(b));
      writeOutputFile(treesPath, trees.map((tree) => `${formatTree(tree)}\n`).join(""));
      for (const [name, rows] of Object.entries(trlFiles(spec)))
        writeOutputFile(join(folder, name), lines(trees.flatMap(rows)));
      const record = await datasetRecord(spec, info, parents, trees);
      write(record);
      return record;
    },
  };
}

function checkSame(record: DatasetRecord, spec: CollectSpec, parents: readonly string[], folder: string): void {
  if (JSON.stringify([record.spec, record.parents]) === JSON.stringify([spec, parents])) return;
  const message = `${folder} holds a data set that was collected with other settings.`;
  throw new LabError("input/other-settings", message, "Give the same options to go on with it, or another folder.");
}
