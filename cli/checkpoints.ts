import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../src/core/errors";
import { formatModelRef } from "../src/core/model";
import type { CheckpointRecord } from "../src/ports/checkpoint-store";
import { type Folder, readModelFolder, unzipFolder } from "../src/training/model-folder";
import { ROOT } from "./root";

/** Checkpoints that a command brings into the headless page's database. */
export interface BroughtCheckpoints {
  /** Their files, in base64. */
  readonly files: readonly string[];
  /** The tiny model with each in the role that its kind is for. */
  readonly model: string;
  readonly records: readonly CheckpointRecord[];
}

/**
 * Reads checkpoints: folders that `lab train` has written, zips that the app has exported, or their model.safetensors.
 * @throws LabError `input/*`, `model/*`: what is wrong with which.
 */
export async function bringCheckpoints(paths: readonly string[]): Promise<BroughtCheckpoints> {
  const tokenizer = readFileSync(join(ROOT, "public/models/tiny/tokenizer.json"), "utf8");
  const records: CheckpointRecord[] = [];
  const files: string[] = [];
  for (const path of paths) {
    const { record, file } = await readModelFolder(await folderAt(path), tokenizer);
    records.push(record);
    files.push(Buffer.from(file).toString("base64"));
  }
  const idOf = (...kinds: readonly string[]) => records.find(({ kind }) => kinds.includes(kind))?.id;
  const [checkpoint, scorer, testGenerator] = [idOf("base", "policy"), idOf("prm"), idOf("tcg")];
  const model = formatModelRef({
    engine: "tiny",
    ...(checkpoint ? { checkpoint } : {}),
    ...(scorer ? { scorer } : {}),
    ...(testGenerator ? { testGenerator } : {}),
  });
  return { files, model, records };
}

const FOLDER_FILES = ["model.safetensors", "config.json", "tokenizer.json"];

async function folderAt(path: string): Promise<Folder> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new LabError("input/file", `There is no file ${path}.`, "Check the path.");
  if (stat.isDirectory()) {
    const names = FOLDER_FILES.filter((name) => existsSync(join(path, name)));
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name))]));
  }
  const bytes = readFileSync(path);
  return path.endsWith(".zip") ? unzipFolder(bytes) : { "model.safetensors": bytes };
}
