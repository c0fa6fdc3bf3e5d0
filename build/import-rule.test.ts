import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

/** Files and what they import; the linter must refuse the first list and accept the second. */
const FORBIDDEN: readonly [string, string][] = [
  ["src/core/a.ts", "../ports/code-runner"],
  ["src/core/b.ts", "react"],
  ["src/puzzles/a.ts", "../experiment/run"],
  ["src/ports/a.ts", "../rpc/spawn"],
  ["src/engines/tiny/a.ts", "../../sandbox/host"],
  ["src/experiment/a.ts", "../engines/tiny/engine"],
  ["src/datasets/a.ts", "../experiment/run"],
  ["src/datasets/b.ts", "../storage/problem-store"],
  ["src/datasets/c.ts", "dexie"],
  ["src/experiment/b.ts", "../datasets/read-dataset"],
  ["src/storage/a.ts", "../datasets/read-dataset"],
  ["src/rpc/a.ts", "../ui/app"],
  ["src/store/a.ts", "../ui/app"],
  ["src/viz/a.ts", "../ui/app"],
  ["src/ui/a.ts", "../engines/tiny/engine"],
  ["src/ui/b.ts", "../main"],
  ["src/store/b.ts", "comlink"],
  ["src/ui/c.ts", "@jax-js/jax"],
  ["src/ui/d.ts", "../../bench/measure"],
];
const ALLOWED: readonly [string, string][] = [
  ["src/ports/ok.ts", "../core/problem"],
  ["src/engines/tiny/ok.ts", "../../model/transformer"],
  ["src/datasets/ok.ts", "../ports/problem-store"],
  ["src/storage/ok.ts", "dexie"],
  ["src/store/dataset-ok.ts", "../datasets/read-dataset"],
  ["src/rpc/ok.ts", "comlink"],
  ["src/rpc/bench-ok.ts", "../experiment/bench/spec"],
  ["src/store/ok.ts", "../rpc/search-client"],
  ["src/ui/ok.ts", "../store/run"],
  ["src/main.ts", "./engines/tiny/engine"],
];

/** Lints one file per import in a folder of its own, under this project's configuration; returns the paths refused. */
function refused(imports: readonly [string, string][]): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), "import-rule-"));
  const config = JSON.parse(readFileSync(new URL("../biome.json", import.meta.url), "utf8"));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("biome.json", JSON.stringify({ ...config, vcs: { enabled: false } }));
  for (const [path, specifier] of imports) {
    write(path, `import { thing } from "${specifier}";\n\nexport const used = thing;\n`);
  }
  const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
  const args = [biome, "lint", "--only=style/noRestrictedImports", "--reporter=json"];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  if (!stdout) throw new Error(stderr);
  const report = JSON.parse(stdout) as { diagnostics: { category: string; location: { path: string } }[] };
  return new Set(report.diagnostics.map((diagnostic) => diagnostic.location.path));
}

it("holds: the linter refuses every import against the grain and no other", () => {
  const found = refused([...FORBIDDEN, ...ALLOWED]);
  expect([...found].sort()).toEqual(FORBIDDEN.map(([path]) => path).sort());
});
