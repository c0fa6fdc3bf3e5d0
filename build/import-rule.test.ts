import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** What each folder of src may import, besides itself: dependencies point one way (ARCHITECTURE.md, import rule). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  puzzles: ["core"],
  ports: ["core"],
  model: ["core", "ports", "puzzles"],
  engines: ["core", "ports", "puzzles", "model"],
  sandbox: ["core", "ports"],
  datasets: ["core", "ports"],
  experiment: ["core", "ports", "puzzles"],
  runs: ["core", "ports", "experiment"],
  training: ["core", "ports", "puzzles", "model"],
  selfplay: ["core", "ports", "puzzles", "experiment", "runs", "training"],
  share: ["core", "ports", "experiment", "runs"],
  storage: ["core", "ports", "experiment", "runs"],
  rpc: ["core", "ports", "model", "experiment", "runs", "training", "selfplay"],
  store: ["core", "ports", "puzzles", "experiment", "runs", "share", "storage", "training", "selfplay", "rpc"],
  viz: ["core", "ports", "runs", "store"],
  ui: ["core", "ports", "puzzles", "experiment", "runs", "share", "store", "viz"],
};

/** Folders that see everything: composition roots, and what only tests and scripts use. */
const ROOTS = ["src/main.tsx", "src/lab.ts", "src/lab/", "src/testing/"];

/** Packages that only some folders of src may import. All others stand for data and drawing, and are free. */
const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
  comlink: ["rpc"],
  "@jax-js/jax": ["model", "training", "engines"],
  "@mlc-ai/web-llm": ["engines"],
  dexie: ["storage"],
  react: ["ui"],
  "react-dom": ["ui"],
  "@mantine/core": ["ui"],
  "@mantine/hooks": ["ui"],
  zustand: ["store", "ui"],
  d3: ["viz", "ui"],
  "@observablehq/plot": ["viz"],
};

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** What a file names in `import`, `export ... from` and `import()`. */
function specifiersOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)"([^"]+)"/g)].map((match) => match[1] ?? "");
}

const folderOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

/** Why a file may not import something, in one sentence; null when it may. */
function breach(path: string, specifier: string): string | null {
  const folder = folderOf(path);
  if (folder === undefined || ROOTS.some((root) => path.startsWith(root))) return null;
  const allowed = MAY_IMPORT[folder];
  if (allowed === undefined) return `src/${folder} has no place in the import rule.`;
  if (!specifier.startsWith(".")) {
    const name = specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
    if (folder === "core" && specifier.startsWith("node:")) return `${path} is pure and imports ${specifier}.`;
    const homes = ONLY_IN[name];
    return homes === undefined || homes.includes(folder) ? null : `${path} imports ${name}, which only ${homes} may.`;
  }
  const target = normalize(join(dirname(path), specifier)).replaceAll("\\", "/");
  const other = folderOf(`${target}/`);
  if (other === folder || (other !== undefined && allowed.includes(other))) return null;
  return `${path} imports ${target}, but src/${folder} may import ${allowed.join(", ") || "nothing above it"} only.`;
}

const isProduct = (path: string) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|-fixture\.tsx?$|\.d\.ts$/.test(path);

function productFiles(): readonly string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "src"];
  const listed = execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).split("\n");
  return listed.filter(isProduct);
}

function read(path: string): string {
  try {
    return readFileSync(join(ROOT, path), "utf8");
  } catch {
    return ""; // deleted, and not committed yet
  }
}

describe("the import rule", () => {
  it("refuses what goes against the grain", () => {
    const against: readonly [string, string][] = [
      ["src/core/search/a.ts", "../../ports/code-runner"],
      ["src/core/b.ts", "react"],
      ["src/core/c.ts", "node:fs"],
      ["src/puzzles/a.ts", "../experiment/run/run"],
      ["src/engines/tiny/a.ts", "../../sandbox/frame/realm-host"],
      ["src/experiment/a.ts", "../engines/tiny/model"],
      ["src/experiment/run/a.ts", "../../training/loop"],
      ["src/training/a.ts", "../experiment/run/run"],
      ["src/datasets/a.ts", "../storage/problems"],
      ["src/storage/a.ts", "../datasets/import"],
      ["src/store/a.ts", "../ui/App"],
      ["src/store/b.ts", "comlink"],
      ["src/ui/a.ts", "../main"],
      ["src/ui/b.ts", "../../bench/measure"],
      ["src/novel/a.ts", "../core/problem"],
    ];
    expect(against.filter(([path, specifier]) => breach(path, specifier) === null)).toEqual([]);
  });

  it("lets pass what goes along it", () => {
    const along: readonly [string, string][] = [
      ["src/ports/a.ts", "../core/problem"],
      ["src/engines/tiny/a.ts", "../../model/network/transformer"],
      ["src/selfplay/a.ts", "../training/loop"],
      ["src/selfplay/b.ts", "../experiment/run/run"],
      ["src/storage/a.ts", "dexie"],
      ["src/rpc/a.ts", "comlink"],
      ["src/main.tsx", "./engines/tiny/model"],
    ];
    expect(along.map(([path, specifier]) => breach(path, specifier))).toEqual(along.map(() => null));
  });

  it("holds in the whole of src", () => {
    const files = productFiles();
    expect(files.length).toBeGreaterThan(100);
    const breaches = files.flatMap((path) => specifiersOf(read(path)).map((specifier) => breach(path, specifier)));
    expect(breaches.filter((each) => each !== null)).toEqual([]);
  });
});
