import { z } from "zod";
import { OUTPUT_LIMIT } from "../../javascript/wire";
import type { CandidateReport } from "./lane";
import type { SessionOutcome } from "./python-session";

const line = z.int().positive().optional();
const message = z.string().max(10_000);
const REPORT = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("value"), value: z.string().max(OUTPUT_LIMIT) }),
  z.object({ kind: z.literal("output"), stdout: z.string().max(OUTPUT_LIMIT) }),
  z.object({ kind: z.literal("held") }),
  z.object({ kind: z.literal("unwritable"), message }),
  z.object({ kind: z.literal("error"), type: z.string().max(10_000), message, line }),
  z.object({ kind: z.literal("syntax-error"), message, line }),
  z.object({ kind: z.enum(["missing-entry-point", "memory", "output-limit"]), message }),
]);

/** The report of an item. What a realm says is not to be trusted: anything that is no report reads as `crashed`. */
export function parseCandidateReport(text: string): CandidateReport {
  try {
    // Optional fields that are absent stay absent.
    return REPORT.parse(JSON.parse(text)) as CandidateReport;
  } catch {
    return crashed();
  }
}

/** What ended a job early, as a report on the item that ended it. */
export function endReport({ reason, text }: SessionOutcome, timeLimitMs: number): CandidateReport {
  switch (reason) {
    case "load-failed":
    case "overflow":
      return parseCandidateReport(text);
    case "timeout":
      return { kind: "timeout", message: `It was stopped after ${timeLimitMs} ms.` };
    case "memory":
      return { kind: "memory", message: "It used more than 512 MB of memory." };
    case "output-limit":
      return { kind: "output-limit", message: `It wrote or returned more than ${OUTPUT_LIMIT} characters.` };
    case "silent":
      return {
        kind: "memory",
        message: "The process of the sandbox died under it; most likely it used too much memory.",
      };
    default:
      return crashed();
  }
}

const crashed = (): CandidateReport => ({
  kind: "crashed",
  message: "It ended the interpreter, or tampered with it.",
});
