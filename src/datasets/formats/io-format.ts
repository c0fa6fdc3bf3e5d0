import type { JsonValue, Problem } from "../../core/problem";
import type { RowSettings, Taken } from "../format";
import { columnJson, ioTests } from "../io-tests";
import { problemId } from "../problem-id";
import { rowError } from "../row-error";
import { asksForClass, functionHead, LEETCODE_PREAMBLE, withFunction } from "../solution-class";
import { divideTests } from "../statement-examples";
import { titleOf, titleOfName } from "../title";

/** What a row of TACO or of APPS says, in one form. */
export interface IoRow {
  /** The row's own name; without it, its place counts. */
  readonly id: string | null;
  readonly question: string;
  readonly inputOutput: JsonValue;
  /** A list of programs, or its JSON text. */
  readonly solutions: JsonValue;
  readonly starterCode: string;
  readonly name: string;
  readonly url: string;
  /** Such as `2 seconds`. */
  readonly timeLimit: string;
}

/**
 * Judges' limits are for machine code or a native interpreter; Python in WebAssembly takes about this many times
 * longer.
 */
const SLOWDOWN = 5;
const MIN_LIMIT_MS = 5_000;
const MAX_LIMIT_MS = 60_000;

/** How tests are divided, in words. */
export function ioVisibility(count: number | null): string {
  const which = count === null ? "The examples" : count === 1 ? "The first example" : `The first ${count} examples`;
  return `${which} of the statement that match a test are visible, else the first test; all others are hidden.`;
}

/** The problem of a row. @throws LabError `input/row` */
export function takeIoRow(row: IoRow, settings: RowSettings): Taken {
  const asClass = asksForClass(row.starterCode);
  const { functionName, tests, unpaired } = ioTests(row.inputOutput, !asClass);
  const { visible, hidden, shown } = divideTests(tests, row.question, functionName, settings.visibleCount);
  const all = programs(row.solutions);
  const kept = all.slice(0, settings.maxReferences);
  const starterCode = asClass ? functionHead(row.starterCode) : row.starterCode.trimEnd();
  const limit = timeLimitMs(row.timeLimit);
  const problem: Problem = {
    id: problemId(settings.prefix, row.id ?? String(settings.index)),
    title: title(row),
    statement: row.question.trim(),
    language: "python",
    entryPoint: functionName,
    visibleTests: visible,
    ...(starterCode === "" ? {} : { starterCode }),
    ...(asClass ? { preamble: LEETCODE_PREAMBLE } : {}),
    ...(limit === null ? {} : { timeLimitMs: limit }),
    attribution: row.url === "" ? settings.attribution : `${settings.attribution}; text from ${row.url}`,
  };
  const references = functionName === null ? kept : kept.map((program) => withFunction(program, functionName));
  return {
    problem: { problem, hiddenTests: hidden, references },
    remarks: [
      ...(all.length === 0 ? ["It has no reference solution."] : []),
      ...(all.length > kept.length ? [`${kept.length} of its ${all.length} reference solutions are kept.`] : []),
      ...(shown ? [] : ["Its statement shows no test, so the first one is visible."]),
      ...(hidden.length === 0 ? ["It has no hidden test: the visible ones decide."] : []),
      ...(unpaired > 0 ? [`${unpaired} of its inputs or outputs have no counterpart and are left out.`] : []),
    ],
  };
}

function programs(column: JsonValue): readonly string[] {
  const value = typeof column === "string" ? columnJson(column || "[]", "solutions") : column;
  if (!Array.isArray(value)) {
    if (value === null) return [];
    throw rowError("Its column solutions is not a list of programs.");
  }
  return value.filter((program): program is string => typeof program === "string" && program.trim() !== "");
}

/** A name, a speaking address such as `.../kth-missing-number/`, or the statement's beginning. */
function title({ name, url, question }: IoRow): string {
  if (name !== "") return titleOfName(name);
  const last = /([^/]+)\/*$/.exec(url)?.[1] ?? "";
  return /^[a-z]+(?:-[a-z]+)+$/i.test(last) ? titleOfName(last) : titleOf(question);
}

function timeLimitMs(limit: string): number | null {
  const found = /^\s*(\d+(?:\.\d+)?)\s*(ms|milli|s|$)/i.exec(limit);
  if (!found) return null;
  const unit = found[2]?.toLowerCase().startsWith("m") ? 1 : 1000;
  return Math.round(Math.min(MAX_LIMIT_MS, Math.max(MIN_LIMIT_MS, Number(found[1]) * unit * SLOWDOWN)));
}
