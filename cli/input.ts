import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { editDistance } from "../src/core/edit-distance";
import { LabError } from "../src/core/errors";
import { columnsOf, JsonError, parseExactJson } from "../src/core/exact-json";
import type { JsonValue } from "../src/core/problem";
import { type ProblemRef, parseCustomProblem, puzzleRefOf } from "../src/experiment/spec/problem-ref";
import { ROOT } from "./root";

/** @throws LabError `input/file` when it cannot be read. */
export function readInputFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === "ENOENT") throw new LabError("input/file", `There is no file ${path}.`, "Check the path.");
    if (code === "EISDIR") throw new LabError("input/file", `${path} is a folder, not a file.`, "Name a file in it.");
    throw new LabError("input/file", `The file ${path} cannot be read (${code}).`, "Check its permissions.");
  }
}

/** @throws LabError `input/file` when it cannot be written. */
export function writeOutputFile(path: string, text: string): void {
  try {
    // Whole or not at all: whoever is killed while writing keeps what was there. A terminal or a pipe has no such name beside it.
    const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
    writeFileSync(isFile ? `${path}.part` : path, text);
    if (isFile) renameSync(`${path}.part`, path);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    throw new LabError("input/file", `The file ${path} cannot be written (${code}).`, "Check the folder.");
  }
}

/**
 * Parses JSON without loss (src/core/exact-json.ts).
 * @param where for people: a file's name.
 * @throws LabError `input/json` with line and column of the first mistake.
 */
export function parseJson(text: string, where: string): JsonValue {
  try {
    return parseExactJson(text);
  } catch (thrown) {
    if (!(thrown instanceof JsonError)) throw thrown;
    const before = text.slice(0, thrown.at).split("\n");
    throw new LabError(
      "input/json",
      `${where} ${thrown.message}: mistake in line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`,
      "Correct it and run it again.",
    );
  }
}

/**
 * What `--problem` names: a named puzzle (`even-steven`), a generated one (`test-hinted-12`, `test-hinted-12-s7`) or a JSON
 * file with a problem of one's own.
 * @throws LabError `input/*` for anything else, with the ids that come nearest.
 */
export function parseProblemRef(argument: string): ProblemRef {
  if (argument.endsWith(".json")) return parseCustomProblem(columnsOf(parseJson(readInputFile(argument), argument)));
  const puzzle = puzzleRefOf(argument);
  if (puzzle !== null) return puzzle;
  const ids = namedIds();
  if (ids.includes(argument)) return { source: "named", id: argument };
  const near = nearest(argument, ids);
  const hint = near.length > 0 ? `Did you mean ${near.join(" or ")}?` : "`problems --set named` lists them all.";
  throw new LabError("input/unknown-problem", `There is no problem ${argument}.`, hint);
}

function namedIds(): readonly string[] {
  const json = readFileSync(join(ROOT, "public/puzzles/named.json"), "utf8");
  return (JSON.parse(json) as { problem: { id: string } }[]).map((entry) => entry.problem.id);
}

/** The up to three `names` that a person may have meant by `typed`, nearest first; names that contain it count as near. */
export function nearest(typed: string, names: readonly string[]): readonly string[] {
  const limit = Math.max(2, Math.ceil(typed.length / 3));
  return names
    .map((name) => ({ name, distance: typed && name.includes(typed) ? 1 : editDistance(typed, name) }))
    .filter(({ distance }) => distance <= limit)
    .sort((x, y) => x.distance - y.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}
