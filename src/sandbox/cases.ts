import { z } from "zod";
import { LabError } from "../core/errors";
import type { JsonValue } from "../core/problem";
import type { Verdict } from "../core/verdict";
import type { CodeRunner } from "../ports/code-runner";

/** Rows come from JSON texts, so whatever is there is a JSON value; `z.json()` would drop a `__proto__` key. */
const jsonSchema = z.custom<JsonValue>((value) => value !== undefined, { error: "must be a JSON value" });

const testSchema = z.object(
  {
    input: z.array(jsonSchema, { error: "must be a list of arguments" }),
    expected: jsonSchema,
  },
  { error: "must be an object with input and expected" },
);

const rowSchema = z.object(
  {
    id: z.union([z.string(), z.number()], { error: "must be a text or a number" }),
    code: z.string({ error: "must be a text" }),
    entryPoint: z
      .string({ error: "must be the name of a function" })
      .min(1, { error: "must be the name of a function" }),
    tests: z.array(testSchema, { error: "must be a list of tests" }).min(1, { error: "must hold at least one test" }),
    timeLimitMs: z.number({ error: "must be milliseconds" }).min(1).max(60_000).optional(),
  },
  { error: "must be an object with id, code, entryPoint and tests" },
);

/** One program of a cases file, judged; `error` instead of verdicts when the row itself was wrong. */
export interface JudgedRow {
  readonly id: string | number | null;
  readonly verdicts: readonly Verdict[];
  /** One sentence on what is wrong with the row. */
  readonly error?: string;
}

/** What `judgeCases` returns. */
export interface JudgedCases {
  /** In the order of the file. */
  readonly rows: readonly JudgedRow[];
  readonly totals: {
    readonly rows: number;
    /** Rows that passed every test. */
    readonly solved: number;
    /** Rows that could not be judged. */
    readonly errors: number;
    readonly tests: number;
    /** How many tests got which verdict; verdicts that did not occur are left out. */
    readonly verdicts: Readonly<Record<string, number>>;
  };
}

/**
 * Judges the rows of a cases file, `{id, code, entryPoint, tests: [{input: [args], expected}], timeLimitMs?}`. A bad row
 * gets an error and a hostile one its verdicts; neither keeps the others from being judged.
 * @param onRow called with each row as it is done, in any order.
 * @throws LabError `sandbox/*` when no realm can be had; the reason of `signal`.
 */
export async function judgeCases(
  runner: CodeRunner,
  rows: readonly unknown[],
  options: { readonly signal?: AbortSignal; readonly onRow?: (row: JudgedRow, index: number) => void } = {},
): Promise<JudgedCases> {
  const judged = await Promise.all(
    rows.map(async (row, index) => {
      const result = await judgeRow(runner, row, options.signal);
      options.onRow?.(result, index);
      return result;
    }),
  );
  return { rows: judged, totals: totalsOf(judged) };
}

async function judgeRow(runner: CodeRunner, row: unknown, signal: AbortSignal | undefined): Promise<JudgedRow> {
  const parsed = rowSchema.safeParse(row);
  if (!parsed.success) return { id: idOf(row), verdicts: [], error: explain(parsed.error) };
  const { id, code, entryPoint, tests, timeLimitMs } = parsed.data;
  const limit = timeLimitMs === undefined ? {} : { timeLimitMs };
  try {
    const verdicts = await runner.judge({ language: "javascript", code, entryPoint, tests, ...limit }, signal);
    return { id, verdicts };
  } catch (thrown) {
    if (thrown instanceof LabError && thrown.code.startsWith("input/"))
      return { id, verdicts: [], error: thrown.message };
    throw thrown;
  }
}

function idOf(row: unknown): string | number | null {
  const id = typeof row === "object" && row !== null && "id" in row ? row.id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

/** `tests.0.expected must be a JSON value.` */
function explain({ issues }: z.ZodError): string {
  const issue = issues[0];
  const where = issue && issue.path.length > 0 ? issue.path.join(".") : "A row";
  return `${where} ${issue?.message ?? "is wrong"}.`;
}

function totalsOf(rows: readonly JudgedRow[]): JudgedCases["totals"] {
  const verdicts: Record<string, number> = {};
  for (const { verdict } of rows.flatMap((row) => row.verdicts)) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  return {
    rows: rows.length,
    solved: rows.filter((row) => row.verdicts.length > 0 && row.verdicts.every((one) => one.verdict === "passed"))
      .length,
    errors: rows.filter((row) => row.error !== undefined).length,
    tests: rows.reduce((sum, row) => sum + row.verdicts.length, 0),
    verdicts,
  };
}
