import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../src/core/errors";
import { type ProblemRef, parseCustomProblem, puzzleRefOf } from "../src/experiment/spec/problem-ref";
import { parseJson, readInputFile } from "./file";
import { nearest } from "./nearest";
import { ROOT } from "./root";

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
