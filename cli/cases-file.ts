import { z } from "zod";
import { LabError } from "../src/core/errors";
import type { TestCase } from "../src/core/problem";
import { parseJson, readInputFile } from "./input-file";

/** One row of a file for `judge`: a program and the tests to run it on. */
export interface JudgeRow {
  readonly id: string;
  readonly code: string;
  readonly entryPoint: string;
  readonly tests: readonly TestCase[];
}

const rowSchema = z.object(
  {
    id: z.union([z.string(), z.number()], { error: "a text" }).transform(String),
    code: z.string({ error: "a text" }),
    entryPoint: z.string({ error: "the name of a function" }).min(1, { error: "the name of a function" }),
    tests: z
      .array(
        z.object(
          { input: z.array(z.json(), { error: "a list of arguments" }), expected: z.json({ error: "a JSON value" }) },
          { error: 'a test, such as {"input": [[1, 2]], "expected": 3}' },
        ),
        { error: "a list of tests" },
      )
      .min(1, { error: "a list with at least one test" }),
  },
  { error: "an object with id, code, entryPoint and tests" },
);

/**
 * Reads JSON lines, `{id, code, entryPoint, tests: [{input: [args], expected}]}`; empty lines are skipped.
 * @throws LabError `input/*` with the line of the first mistake.
 */
export function readCases(path: string): readonly JudgeRow[] {
  const lines = readInputFile(path).split("\n");
  const rows = lines.flatMap((line, i) => (line.trim() === "" ? [] : [parseRow(line, `${path}`, i + 1)]));
  if (rows.length === 0) throw new LabError("input/empty", `${path} has no rows.`, "Write one JSON object per line.");
  return rows;
}

function parseRow(line: string, path: string, lineNumber: number): JudgeRow {
  const parsed = rowSchema.safeParse(parseJson(line, path, lineNumber));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".");
  const what = field ? `${field} must be ${issue?.message}` : `a row must be ${issue?.message}`;
  throw new LabError("input/row", `${path}, line ${lineNumber}: ${what}.`, "Correct the row and run it again.");
}
