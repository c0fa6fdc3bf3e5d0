import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { ROOT } from "./root";

/** The folder that this checkout was cloned from, when that was a folder. */
function originFolder(): string | null {
  const { stdout } = spawnSync("git", ["config", "remote.origin.url"], { cwd: ROOT, encoding: "utf8" });
  const origin = stdout?.trim() ?? "";
  return isAbsolute(origin) ? origin : null;
}

/**
 * The folder of benchmark files that tests read when it is there: `LAB_DATA`, else `shared/data` beside the project, or beside
 * the folder it was cloned from. The app needs none of them, and they are not part of the project.
 */
function dataFolder(): string | undefined {
  const { LAB_DATA } = process.env;
  if (LAB_DATA) return resolve(LAB_DATA);
  const places = [ROOT, originFolder()].filter((place) => place !== null);
  return places.map((place) => join(place, "../shared/data")).find((folder) => existsSync(folder));
}

const FOLDER = dataFolder();

/**
 * Absolute path of a benchmark file such as `mbpp/mbpp.jsonl`; null, with the reason printed, when it is not there.
 */
export function benchmarkFile(name: string): string | null {
  const path = FOLDER && join(FOLDER, name);
  if (path && existsSync(path)) return path;
  console.error(`SKIPPED: there is no ${name}; set LAB_DATA to a folder that has it.`);
  return null;
}
