import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../src/core/errors";
import { formatModelRef } from "../src/core/model";
import type { CheckpointRecord } from "../src/ports/checkpoint-store";
import { readShipped } from "../src/storage/shipped";
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
 * Reads checkpoints: folders that `lab train` has written, zips that the app has exported, their model.safetensors, or names of
 * those that come with the app.
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

/** The files at a path, or of a model that comes with the app and is named (`tiny@<id>`). @throws LabError `input/*` */
export async function folderAt(path: string): Promise<Folder> {
  const place = shippedFolder(path) ?? path;
  const stat = statSync(place, { throwIfNoEntry: false });
  if (!stat) throw new LabError("input/file", `There is no file ${path}.`, "Check the path.");
  if (stat.isDirectory()) {
    const names = FOLDER_FILES.filter((name) => existsSync(join(place, name)));
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(place, name))]));
  }
  const bytes = readFileSync(place);
  return place.endsWith(".zip") ? unzipFolder(bytes) : { "model.safetensors": bytes };
}

/** Where `tiny@<id>` lies, when it comes with the app. */
export function shippedFolder(name: string): string | null {
  const models = join(ROOT, "public/models");
  const shipped = readShipped(JSON.parse(readFileSync(join(models, "index.json"), "utf8")));
  const found = shipped.find(({ record }) => name === formatModelRef({ engine: "tiny", checkpoint: record.id }));
  return found === undefined ? null : join(models, found.folder);
}
