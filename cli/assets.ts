import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNamedPuzzles } from "../src/puzzles/generator";
import type { ShippedCheckpoint } from "../src/storage/shipped";
import { buildTokenizerJson } from "../src/training/data/vocabulary";
import { readModel } from "../src/training/model-file";
import { ROOT } from "./root";

/** Writes the generated files under `public/` that the app serves as they are: the named puzzles, the tokenizer, the list of models. */
function writeAsset(path: string, data: unknown, indent: number): void {
  const file = fileURLToPath(new URL(`../public/${path}`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(data, null, indent)}\n`);
  process.stderr.write(`wrote public/${path}\n`);
}

writeAsset(
  "puzzles/named.json",
  buildNamedPuzzles().map(({ problem, hiddenTests }) => ({ problem, hiddenTests })),
  0,
);
writeAsset("models/tiny/tokenizer.json", buildTokenizerJson(), 1);

/** The checkpoints in the folders of `public/models`, the base first. */
async function shippedCheckpoints(): Promise<readonly ShippedCheckpoint[]> {
  const models = join(ROOT, "public/models");
  const found: ShippedCheckpoint[] = [];
  for (const folder of readdirSync(models).sort()) {
    const path = join(models, folder, "model.safetensors");
    if (!existsSync(path)) continue;
    const file = readFileSync(path);
    const { date } = JSON.parse(readFileSync(join(models, folder, "training-record.json"), "utf8")) as { date: string };
    found.push({ folder, keptAt: date, bytes: file.byteLength, record: (await readModel(file)).record });
  }
  return found.sort((a, b) => Number(b.record.kind === "base") - Number(a.record.kind === "base"));
}

writeAsset("models/index.json", { checkpoints: await shippedCheckpoints() }, 1);
