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
 * Finds files that tests read when they are there, in the folder that a variable names, else in one of `shared` beside the project, or
 * beside the folder it was cloned from. The app needs none of them, and they are not part of the project.
 */
function finder(variable: "LAB_DATA" | "LAB_CASES", name: string): (file: string) => string | null {
  const given = process.env[variable];
  const places = [ROOT, originFolder()]
    .filter((place) => place !== null)
    .map((place) => join(place, "../shared", name));
  const folder = given ? resolve(given) : places.find((place) => existsSync(place));
  return (file) => {
    const path = folder && join(folder, file);
    if (path && existsSync(path)) return path;
    console.error(`SKIPPED: there is no ${file}; set ${variable} to a folder that has it.`);
    return null;
  };
}

/**
 * Absolute path of a benchmark file such as `mbpp/mbpp.jsonl`; null, with the reason printed, when it is not there.
 */
export const benchmarkFile = finder("LAB_DATA", "data");

/** Likewise of a file of small cases that once failed, such as `verdicts/expected.json`. */
export const caseFile = finder("LAB_CASES", "cases");
