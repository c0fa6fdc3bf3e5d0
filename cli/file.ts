import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { LabError } from "../src/core/errors";

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
