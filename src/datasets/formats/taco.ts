import { z } from "zod";
import type { JsonValue, Problem } from "../../core/problem";
import {
  type Converted,
  column,
  type DatasetFormat,
  defineFormat,
  optionalText,
  problemId,
  type RowSettings,
  rowError,
  rowId,
  text,
  titleOf,
  titleOfName,
} from "./format";
import { columnJson, divideTests, ioTests } from "./io-tests";

/*
 * TACO and APPS: programming contests and exercises, by function call or stdin. Their rows hold the same under other
 * names.
 */

/** What a row of TACO or of APPS says, in one form. */
interface IoRow {
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

const tacoSchema = z
  .object({
    question: text,
    input_output: column,
    solutions: column.nullish(),
    starter_code: optionalText,
    name: optionalText,
    url: optionalText,
    time_limit: optionalText,
  })
  .transform(
    (row): IoRow => ({
      id: null,
      question: row.question,
      inputOutput: row.input_output,
      solutions: row.solutions ?? null,
      starterCode: row.starter_code,
      name: row.name,
      url: row.url,
      timeLimit: row.time_limit,
    }),
  );

/**
 * Programming contests and exercises, by function call or stdin. Its rows have no ids: their place in the file is the
 * id.
 */
export const taco: DatasetFormat = defineFormat({
  name: "taco",
  title: "TACO",
  attribution: "TACO (Li et al. 2023), Apache 2.0; the problems' texts belong to their sources",
  language: "python",
  visibleCount: 3,
  columns: ["question", "input_output"],
  telling: ["raw_tags", "skill_types", "time_limit", "Expected Time Complexity"],
  schema: tacoSchema,
  visibility: ioVisibility,
  toProblem,
});

const appsSchema = z
  .object({
    id: rowId.nullish(),
    problem_id: rowId.nullish(),
    question: text,
    input_output: column,
    solutions: column.nullish(),
    starter_code: optionalText,
    url: optionalText,
  })
  .transform(
    (row): IoRow => ({
      id: row.problem_id ?? row.id ?? null,
      question: row.question,
      inputOutput: row.input_output,
      solutions: row.solutions ?? null,
      starterCode: row.starter_code,
      name: "",
      url: row.url,
      timeLimit: "",
    }),
  );

/** Programming contests and exercises, by function call or stdin. */
export const apps: DatasetFormat = defineFormat({
  name: "apps",
  title: "APPS",
  attribution: "APPS (Hendrycks et al. 2021), MIT licence; the problems' texts belong to their sources",
  language: "python",
  visibleCount: 3,
  columns: ["question", "input_output"],
  telling: ["id", "problem_id"],
  schema: appsSchema,
  visibility: ioVisibility,
  toProblem,
});

/**
 * Judges' limits are for machine code or a native interpreter; Python in WebAssembly takes about this many times
 * longer.
 */
const SLOWDOWN = 5;
const MIN_LIMIT_MS = 5_000;
const MAX_LIMIT_MS = 60_000;

/** How tests are divided, in words. */
function ioVisibility(count: number | null): string {
  const which = count === null ? "The examples" : count === 1 ? "The first example" : `The first ${count} examples`;
  return `${which} of the statement that match a test are visible, else the first test; all others are hidden.`;
}

/** The problem of a row. @throws LabError `input/row` */
function toProblem(row: IoRow, settings: RowSettings): Converted {
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
  const last = url.split("/").findLast((part) => part !== "") ?? "";
  return /^[a-z]+(?:-[a-z]+)+$/i.test(last) ? titleOfName(last) : titleOf(question);
}

function timeLimitMs(limit: string): number | null {
  const found = /^\s*(\d+(?:\.\d+)?)\s*(ms|milli|s|$)/i.exec(limit);
  if (!found) return null;
  const unit = found[2]?.toLowerCase().startsWith("m") ? 1 : 1000;
  return Math.round(Math.min(MAX_LIMIT_MS, Math.max(MIN_LIMIT_MS, Number(found[1]) * unit * SLOWDOWN)));
}

/*
 * LeetCode's form: the function is a method of a class Solution, and common modules are there without an import.
 * Problems ask for a plain function of that name instead, so that tests call it like any other.
 */

/** What LeetCode's programs find imported. */
const LEETCODE_PREAMBLE = `import bisect, collections, functools, heapq, itertools, math, random, re, string, sys
from collections import Counter, OrderedDict, defaultdict, deque
from functools import lru_cache, reduce
from typing import Any, Dict, List, Optional, Set, Tuple`;

/** Whether starter code asks for a class Solution. */
function asksForClass(starterCode: string): boolean {
  return /^\s*class Solution\b/.test(starterCode);
}

/** The head of the plain function; an empty text when it cannot be told. */
function functionHead(starterCode: string): string {
  const head = /^\s*class Solution[^\n]*\n\s+(def \w+\()self(?:,\s*)?([^\n]*:)/.exec(starterCode);
  return head ? `${head[1]}${head[2]}` : "";
}

/** A program with such a class as one that defines the function; any other as it is. */
function withFunction(program: string, name: string): string {
  if (!/^class Solution\b/m.test(program) || new RegExp(`^def ${name}\\(`, "m").test(program)) return program;
  return `${program.trimEnd()}\n\n\ndef ${name}(*args):\n    return Solution().${name}(*args)\n`;
}
