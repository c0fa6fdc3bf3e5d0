import { LabError } from "../src/core/errors";
import { parseJson, readInputFile } from "./file";

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
