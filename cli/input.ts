import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { editDistance } from "../src/core/edit-distance";
import { LabError } from "../src/core/errors";
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
 * @param where for people: a file's name.
 * @param firstLine the number of the text's first line in that file.
 * @throws LabError `input/json` with line and column of the first mistake.
 */
export function parseJson(text: string, where: string, firstLine = 1): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const before = text.slice(0, mistakeAt(text)).split("\n");
    const line = firstLine + before.length - 1;
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw new LabError(
      "input/json",
      `${where} is not JSON: mistake in line ${line}, column ${column}.`,
      "Correct it and run it again.",
    );
  }
}

/**
 * The offset of the first character that no JSON text could have there. V8 tells it only for some mistakes; but a text
 * that is right up to its end fails at its end, and one with a mistake fails before, which bisection can find.
 */
function mistakeAt(text: string): number {
  let right = 0;
  let wrong = text.length + 1;
  while (wrong - right > 1) {
    const middle = (right + wrong) >> 1;
    if (mayGoOn(text.slice(0, middle))) right = middle;
    else wrong = middle;
  }
  return right;
}

/** Whether some continuation of `prefix` is JSON. */
function mayGoOn(prefix: string): boolean {
  try {
    JSON.parse(prefix);
    return true;
  } catch (thrown) {
    const { message } = thrown as SyntaxError;
    if (/end of JSON|Unterminated/.test(message)) return true;
    return Number(/at position (\d+)/.exec(message)?.[1]) === prefix.length;
  }
}

/**
 * Reads JSON lines; empty lines are skipped. Whether a row is a program with tests is for the judge to say, row by row.
 * @throws LabError `input/*` when the file is missing, empty, or has a line that is not JSON.
 */
export function readJsonLines(path: string): readonly unknown[] {
  const lines = readInputFile(path).split("\n");
  const rows = lines.flatMap((line, i) => (line.trim() === "" ? [] : [parseJson(line, path, i + 1)]));
  if (rows.length === 0) throw new LabError("input/empty", `${path} has no rows.`, "Write one JSON object per line.");
  return rows;
}

/**
 * What `--problem` names: a named puzzle (`even-steven`), a generated one (`test-hinted-12`, `test-hinted-12-s7`) or a JSON
 * file with a problem of one's own.
 * @throws LabError `input/*` for anything else, with the ids that come nearest.
 */
export function parseProblemRef(argument: string): ProblemRef {
  if (argument.endsWith(".json")) return parseCustomProblem(parseJson(readInputFile(argument), argument));
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
