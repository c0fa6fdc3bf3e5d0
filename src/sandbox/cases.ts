import { z } from "zod";
import { LabError } from "../core/errors";
import type { Language } from "../core/problem";
import { testSchema } from "../core/test-schema";
import type { Verdict } from "../core/verdict";
import type { CodeRunner } from "../ports/code-runner";

const LIMIT = "milliseconds, from 1 to 60000";

const rowSchema = z.object(
  {
    id: z.union([z.string(), z.number()], { error: "a text or a number" }),
    code: z.string({ error: "a text" }),
    entryPoint: z
      .string({ error: "the name of a function" })
      .min(1, { error: "the name of a function" })
      .nullable()
      .default(null),
    preamble: z.string({ error: "a text" }).exactOptional(),
    tests: z.array(testSchema, { error: "a list of tests" }).min(1, { error: "a list with at least one test" }),
    timeLimitMs: z.number({ error: LIMIT }).min(1, { error: LIMIT }).max(60_000, { error: LIMIT }).exactOptional(),
  },
  { error: "an object with id, code, entryPoint and tests" },
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

/** How cases are judged. */
export interface JudgeCasesOptions {
  /** What the programs are written in; JavaScript if nothing is said. */
  readonly language?: Language;
  readonly signal?: AbortSignal;
  /** Called with each row as it is done, in any order. */
  readonly onRow?: (row: JudgedRow, index: number) => void;
}

/**
 * Judges the rows of a cases file, `{id, code, entryPoint?, preamble?, tests, timeLimitMs?}`, each test being
 * `{input: [args], expected}`, `{stdin, stdout}` or `{assertion, setup?}`; JavaScript knows the first kind only. `preamble` is code
 * that runs before the program, `timeLimitMs` how long each call or run may take. A
 * bad row gets an error and a hostile one its verdicts; neither keeps the others from being judged.
 * @throws LabError `sandbox/*` when no realm can be had; the reason of `signal`.
 */
export async function judgeCases(
  runner: CodeRunner,
  rows: readonly unknown[],
  { language = "javascript", signal, onRow }: JudgeCasesOptions = {},
): Promise<JudgedCases> {
  const judged = await Promise.all(
    rows.map(async (row, index) => {
      const result = await judgeRow(runner, row, language, signal);
      onRow?.(result, index);
      return result;
    }),
  );
  return { rows: judged, totals: totalsOf(judged) };
}

async function judgeRow(
  runner: CodeRunner,
  row: unknown,
  language: Language,
  signal: AbortSignal | undefined,
): Promise<JudgedRow> {
  const parsed = rowSchema.safeParse(row);
  if (!parsed.success) return { id: idOf(row), verdicts: [], error: explain(parsed.error) };
  const { id, ...program } = parsed.data;
  try {
    return { id, verdicts: await runner.judge({ language, ...program }, signal) };
  } catch (thrown) {
    if (thrown instanceof LabError && thrown.code.startsWith("input/"))
      return { id, verdicts: [], error: thrown.message };
    throw thrown;
  }
}

/** What a row calls itself, right or wrong as it is. */
export function idOf(row: unknown): string | number | null {
  const id = typeof row === "object" && row !== null && "id" in row ? row.id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

/** `tests.0.expected must be a JSON value.` */
function explain({ issues }: z.ZodError): string {
  const issue = issues[0];
  const where = issue && issue.path.length > 0 ? issue.path.join(".") : "A row";
  return issue ? `${where} must be ${issue.message}.` : `${where} is wrong.`;
}

/** What rows that were judged come to. */
export function totalsOf(rows: readonly JudgedRow[]): JudgedCases["totals"] {
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
