import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { ROOT } from "./root";

const SOURCES = ["src", "workers", "build", "public", "index.html", "lab.html", "vite.config.ts", "package-lock.json"];
const TESTS = /\.test\.tsx?$/;

/** Builds the app into `dist/`, quietly. The old build stays until the new one is whole. */
export async function buildApp(): Promise<void> {
  const fresh = join(ROOT, `.cache/build-${process.pid}`);
  await build({ root: ROOT, logLevel: "error", build: { outDir: fresh, emptyOutDir: true } });
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  renameSync(fresh, join(ROOT, "dist"));
}

/** Builds the app unless `dist/` is newer than every source file. Returns whether it had to. */
export async function buildAppIfStale(log: (line: string) => void): Promise<boolean> {
  if (builtAt() > newest(SOURCES.map((name) => join(ROOT, name)))) return false;
  log("Building the app.");
  await buildApp();
  return true;
}

/** Milliseconds since 1970, or 0 when there is no build. */
function builtAt(): number {
  return statSync(join(ROOT, "dist/lab.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(paths: readonly string[]): number {
  return Math.max(0, ...paths.filter((path) => !TESTS.test(path)).map(newestUnder));
}

function newestUnder(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A folder's own time changes when a file in it is removed.
  return Math.max(stat.mtimeMs, newest(readdirSync(path).map((name) => join(path, name))));
}
