import type { Outcome, Verdict } from "../../../core/verdict";
import type { CandidateReport } from "./lane";

/** How one item of a job ended, its wall time included. */
export interface CandidateItem {
  readonly report: CandidateReport;
  /** Wall milliseconds, at least 0. */
  readonly ms: number;
}

/** Characters of a message, at most: programs raise errors with whole texts in them. */
const MESSAGE_LIMIT = 500;

/** A report that brought no value: what it says of the program. */
type Ending = Exclude<CandidateReport, { readonly kind: "value" | "output" | "held" }>;

/** Whether a report brought no value and no output. */
function isEnding(report: CandidateReport): report is Ending {
  return report.kind !== "value" && report.kind !== "output" && report.kind !== "held";
}

/** The verdict on a test that a report without a value decides; `expected` is added by who knows it. */
export function endingVerdict(report: CandidateReport, ms: number): Verdict {
  const tampered = "It answered something else than it was asked for.";
  const { verdict, message, line } = isEnding(report)
    ? read(report)
    : { verdict: "crashed" as const, message: tampered };
  return { verdict, message: cap(message), ...(line === undefined ? {} : { line }), ms };
}

/**
 * One item per test: those that were not run, because too many before them had to be stopped by force, repeat in `ms`
 * 0 what ended the last one.
 */
export function itemsFor(count: number, items: readonly CandidateItem[]): readonly CandidateItem[] {
  const last = items.at(-1)?.report;
  const message = last !== undefined && isEnding(last) ? last.message : "The sandbox stopped.";
  const kind = last !== undefined && isForced(last.kind) ? last.kind : "crashed";
  const report: CandidateReport = { kind, message: `Not run, because of tests before it: ${message}` };
  return Array.from({ length: count }, (_, i) => items[i] ?? { report, ms: 0 });
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
