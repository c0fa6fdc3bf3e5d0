import type { AssertionTest } from "../../../core/problem";
import type { Verdict } from "../../../core/verdict";
import type { CandidateItem, CandidateProgram, CandidateReport, RunJob } from "./executor";
import { jsonOf, parseTagged } from "./tagged";
import { cap, endingVerdict, itemsFor } from "./verdict";

/*
 * Tests that are code. Each runs in the checker (source/checker.py, an interpreter that no candidate enters), which asks the
 * candidate's realm for what it calls.
 */

/** What checker.py says of a test; see `judge` there. */
export type CheckerOutcome = (
  | { readonly kind: "held" }
  | { readonly kind: "failed" | "broken"; readonly message: string }
  | { readonly kind: "ended"; readonly report: CandidateReport }
) & { readonly unguarded?: true; readonly got?: string };

/**
 * Judges assertions, all in one load of the program, test after test, as if they stood below it.
 *
 * @returns one verdict per test, in order. Only a test that ran to its end has passed; where the program's own code took part
 * in a comparison it says `unguarded`.
 */
export async function judgeAssertions(
  run: RunJob,
  program: CandidateProgram,
  tests: readonly AssertionTest[],
): Promise<readonly Verdict[]> {
  const work = { kind: "tests", tests: tests.map(({ setup = "", assertion }) => ({ setup, assertion })) } as const;
  return itemsFor(tests.length, await run({ ...program, work })).map(verdictOf);
}

function verdictOf({ report, ms }: CandidateItem): Verdict {
  if (report.kind !== "judged") return endingVerdict(report, ms);
  const outcome = JSON.parse(report.outcome) as CheckerOutcome;
  return { ...decided(outcome, ms), ...(outcome.unguarded ? { unguarded: true } : {}) };
}

function decided(outcome: CheckerOutcome, ms: number): Verdict {
  switch (outcome.kind) {
    case "held":
      return { verdict: "passed", ...returned(outcome), ms };
    case "failed":
      return { verdict: "failed", ...returned(outcome), message: cap(outcome.message), ms };
    case "ended":
      return endingVerdict(outcome.report, ms);
    case "broken":
      return { verdict: "error", message: cap(`The test itself is wrong: ${outcome.message}`), ms };
  }
}

/** What the program returned to a test of one call: it tells programs apart that fail in different ways. */
function returned({ got: text }: CheckerOutcome): Pick<Verdict, "got"> {
  const value = text === undefined ? undefined : parseTagged(text);
  const got = value === undefined ? undefined : jsonOf(value);
  return got === undefined ? {} : { got };
}
