import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNamedPuzzles } from "../src/puzzles/generator";
import { buildTokenizerJson } from "../src/training/data/vocabulary";

/** Writes the generated files under `public/` that the app serves as they are: the named puzzles and the tokenizer. */
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
