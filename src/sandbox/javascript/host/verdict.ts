import { editDistance } from "../../../core/edit-distance";
import type { CallTest, JsonValue } from "../../../core/problem";
import type { Verdict } from "../../../core/verdict";
import type { RealmReport } from "../wire";
import { sameJson } from "./compare";

/** A program and the name of its function. */
interface Program {
  readonly code: string;
  readonly entryPoint: string;
}

/** What comes after each first word of a {@link RealmReport}. */
const FIELDS: Readonly<Record<RealmReport[0], readonly string[]>> = {
  value: ["any"],
  foreign: ["string", "string"],
  threw: ["string", "string", "string"],
  syntax: ["string", "number"],
  missing: ["string"],
};

/** The realm's text as data; null when no untampered realm says such a thing. */
export function parseReport(text: string): RealmReport | null {
  try {
    const data: unknown = JSON.parse(text);
    return isReport(data) ? data : null;
  } catch {
    return null;
  }
}

function isReport(data: unknown): data is RealmReport {
  if (!Array.isArray(data) || typeof data[0] !== "string" || !Object.hasOwn(FIELDS, data[0])) return false;
  const fields = FIELDS[data[0] as RealmReport[0]];
  return data.length === fields.length + 1 && fields.every((type, i) => type === "any" || typeof data[i + 1] === type);
}

/** The verdict on one test: the only place where what came back meets what was expected. */
export function verdictOf(report: RealmReport | null, test: CallTest, ms: number, program: Program): Verdict {
  const { verdict, ...details } = read(report, test.expected, program);
  return { verdict, expected: test.expected, ...details, ms };
}

function read(report: RealmReport | null, expected: JsonValue, program: Program): Omit<Verdict, "expected" | "ms"> {
  if (report === null) return { verdict: "crashed", message: "The program tampered with its realm." };
  const { code, entryPoint } = program;
  switch (report[0]) {
    case "value": {
      const got = report[1] as JsonValue;
      return { verdict: sameJson(got, expected) ? "passed" : "failed", got };
    }
    case "foreign":
      return { verdict: "failed", message: foreignMessage(entryPoint, report[1], report[2]) };
    case "threw":
      return thrown(report[1], report[2], report[3], code);
    case "syntax":
      return { verdict: "syntax-error", message: `SyntaxError: ${report[1]}`, ...lineIn(code, report[2]) };
    case "missing":
      return { verdict: "missing-entry-point", message: missingMessage(code, entryPoint, report[1]) };
  }
}

function foreignMessage(entryPoint: string, path: string, what: string): string {
  if (path === "" && what === "undefined") return `${entryPoint} returned undefined; is a return missing?`;
  return path === "" ? `${entryPoint} returned ${what}.` : `${entryPoint} returned a value with ${what} at ${path}.`;
}

const DECLARATION = /\b(?:function\s*\*?|const|let|var|class)\s+([A-Za-z_$][\w$]*)/g;

/** One sentence for a program without its entry point, with the name it probably meant. */
function missingMessage(code: string, entryPoint: string, kind: string): string {
  if (kind !== "undefined") return `${entryPoint} is ${kind === "object" ? "an object" : `a ${kind}`}, not a function.`;
  const names = [...new Set(Array.from(code.matchAll(DECLARATION), (match) => match[1] ?? ""))];
  const nearest = names
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), entryPoint.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (!nearest) return `The program defines no function ${entryPoint}.`;
  return `The program defines ${nearest.name}, not ${entryPoint}.`;
}

function thrown(name: string, message: string, stack: string, code: string): Omit<Verdict, "expected" | "ms"> {
  if (name === "") return { verdict: "error", message: `It threw ${message || "a value that is no error"}.` };
  const text = message === "" ? name : `${name}: ${message}`;
  if (name === "RangeError" && message.includes("allocation failed")) return { verdict: "memory", message: text };
  const frame = /program\.js:(\d+):\d+/.exec(stack);
  return { verdict: "error", message: text, ...lineIn(code, Number(frame?.[1] ?? 0)) };
}

/** The line, if the program has it: stacks are the program's own words. */
function lineIn(code: string, line: number): { line?: number } {
  return line >= 1 && line <= code.split("\n").length ? { line } : {};
}
