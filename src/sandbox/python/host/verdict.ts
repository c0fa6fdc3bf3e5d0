import type { CallTest, ProgramTest } from "../../../core/problem";
import type { Outcome, Verdict } from "../../../core/verdict";
import { sameOutput, sameValue } from "./compare";
import type { CandidateItem, CandidateOutcome, CandidateReport } from "./executor";
import { jsonOf, kindOf, parseTagged } from "./tagged";

/*
 * From what a candidate's realm reported of one item to the verdict on one test: the only place where what came back
 * meets what was expected, but for assertions, which the checker decides (assertion-tests.ts).
 */

/** Characters of a returned value that a verdict still carries. */
const GOT_LIMIT = 10_000;
/** Characters of an output that a verdict still carries. */
const TEXT_LIMIT = 4_000;
/** Characters of a message, at most: programs raise errors with whole texts in them. */
const MESSAGE_LIMIT = 500;

/** The verdict on a call of the entry point. */
export function callVerdict({ report, ms }: CandidateItem, { expected }: CallTest): Verdict {
  if (report.kind !== "value") return { ...endingVerdict(report, ms), expected };
  const value = parseTagged(report.value);
  if (value === undefined) return { verdict: "crashed", message: "The program tampered with its realm.", expected, ms };
  const verdict = sameValue(value, expected) ? "passed" : "failed";
  if (report.value.length > GOT_LIMIT) return { verdict, message: "It returned a very long value.", expected, ms };
  const got = jsonOf(value);
  if (got === undefined) return { verdict, message: `It returned ${kindOf(value)}.`, expected, ms };
  return { verdict, expected, got, ms };
}

/** The verdict on a run of a whole program. */
export function programVerdict({ report, ms }: CandidateItem, { stdout }: ProgramTest): Verdict {
  const expected = short(stdout);
  if (report.kind !== "output") return { ...endingVerdict(report, ms), expected };
  return { verdict: sameOutput(report.stdout, stdout) ? "passed" : "failed", expected, got: short(report.stdout), ms };
}

function short(text: string): string {
  return text.length <= TEXT_LIMIT ? text : `${text.slice(0, TEXT_LIMIT)}…`;
}

/** A report that brought no value: what it says of the program. */
type Ending = Exclude<CandidateReport, { readonly kind: "value" | "output" | "judged" }>;

const TAMPERED = "It answered something else than it was asked for.";

/** Whether a report brought no value and no output. */
function isEnding(report: CandidateReport): report is Ending {
  return report.kind !== "value" && report.kind !== "output" && report.kind !== "judged";
}

/** The verdict on a test that a report without a value decides; `expected` is added by who knows it. */
export function endingVerdict(report: CandidateReport, ms: number): Verdict {
  const { verdict, message, line } = read(isEnding(report) ? report : { kind: "crashed", message: TAMPERED });
  return { verdict, message: cap(message), ...(line === undefined ? {} : { line }), ms };
}

/**
 * One item per test. When the program did not load, each is that; those that were not run, because too many before
 * them had to be stopped by force, repeat in `ms` 0 what ended the last one.
 */
export function itemsFor(count: number, { load, items }: CandidateOutcome): readonly CandidateItem[] {
  const last = items.at(-1)?.report;
  const message = last !== undefined && isEnding(last) ? last.message : "The sandbox stopped.";
  const kind = last !== undefined && isForced(last.kind) ? last.kind : "crashed";
  const notRun: CandidateReport = { kind, message: `Not run, because of tests before it: ${message}` };
  const notLoaded = load === null || isEnding(load) ? load : { kind: "crashed" as const, message: TAMPERED };
  return Array.from({ length: count }, (_, i) =>
    notLoaded === null ? (items[i] ?? { report: notRun, ms: 0 }) : { report: notLoaded, ms: 0 },
  );
}

/** A text that a program may have made as long as it likes, cut for people. */
export function cap(text: string): string {
  return text.length <= MESSAGE_LIMIT ? text : `${text.slice(0, MESSAGE_LIMIT - 1)}…`;
}

function isForced(kind: CandidateReport["kind"]): kind is "timeout" | "memory" | "output-limit" | "crashed" {
  return kind === "timeout" || kind === "memory" || kind === "output-limit" || kind === "crashed";
}

function read(report: Ending): { verdict: Outcome; message: string; line?: number | undefined } {
  switch (report.kind) {
    case "error":
      return {
        verdict: "error",
        message: report.message === "" ? report.type : `${report.type}: ${report.message}`,
        line: report.line,
      };
    case "unwritable":
      return { verdict: "failed", message: `It returned what no test can read: ${report.message}.` };
    case "syntax-error":
      return { verdict: "syntax-error", message: report.message, line: report.line };
    default:
      return { verdict: report.kind, message: report.message };
  }
}
