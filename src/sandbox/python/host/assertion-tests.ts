import type { AssertionTest } from "../../../core/problem";
import type { Verdict } from "../../../core/verdict";
import type { CandidateProgram, RunJob } from "./candidate-program";
import type { AnsweredCall, Checker, CheckerOutcome, TestRound } from "./checker";
import type { CandidateCall } from "./lane";
import { type CandidateItem, cap, endingVerdict, itemsFor } from "./report-verdict";
import { jsonOf, parseTagged } from "./tagged";

/** Rounds for one test, at most. One is usual; more are needed when a call's arguments depend on an answer. */
const MAX_ROUNDS = 40;

/** A test on its way to its verdict. */
interface Progress {
  readonly test: AssertionTest;
  calls: readonly AnsweredCall[];
  /** Wall milliseconds of each of `calls`. */
  ms: readonly number[];
  outcome: CheckerOutcome;
}

/**
 * Judges assertions by record, run, replay (source/checker.py). All calls of a round are made in one load of the
 * program, test after test, as if the assertions stood below it; a test that needs another round is run again without
 * the others.
 *
 * @returns one verdict per test, in order. Only a test whose every assertion held on what the program really returned
 * has passed;
 * one that cannot be recorded is executed in the program's own interpreter and says `unguarded`.
 */
export async function judgeAssertions(
  checker: Checker,
  run: RunJob,
  program: CandidateProgram,
  tests: readonly AssertionTest[],
  signal?: AbortSignal,
): Promise<readonly Verdict[]> {
  const progress: Progress[] = tests.map((test) => ({
    test,
    calls: [],
    ms: [],
    outcome: { kind: "calls", calls: [] },
  }));
  let open: readonly Progress[] = progress;
  for (let round = 0; round <= MAX_ROUNDS && open.length > 0; round++) {
    if (round > 0) {
      const load = await answer(run, program, open);
      if (load !== null) return tests.map(() => load);
    }
    const rounds: readonly TestRound[] = open.map(({ test, calls }) => ({ test, calls }));
    const outcomes = await checker.judge(program, rounds, signal);
    open.forEach((one, i) => {
      one.outcome = outcomes[i] as CheckerOutcome;
    });
    open = open.filter(({ outcome }) => outcome.kind === "calls");
  }
  const unguarded = await judgeUnguarded(run, program, progress);
  return progress.map((one) => unguarded.get(one) ?? verdictOf(one));
}

/** Has the calls made that tests ask for; returns the verdict on all of them when the program does not load. */
async function answer(run: RunJob, program: CandidateProgram, open: readonly Progress[]): Promise<Verdict | null> {
  const wanted = open.map(({ outcome }): readonly CandidateCall[] => (outcome.kind === "calls" ? outcome.calls : []));
  const calls = wanted.flat();
  const { load, items } = await run({ ...program, work: { kind: "calls", calls } });
  if (load !== null) return endingVerdict(load, 0);
  const all = itemsFor(calls.length, items);
  let next = 0;
  open.forEach((one, i) => {
    const own = all.slice(next, next + (wanted[i]?.length ?? 0));
    next += own.length;
    one.calls = own.map(({ report }, j) => ({ ...(wanted[i]?.[j] as CandidateCall), report }));
    one.ms = own.map(({ ms }) => ms);
  });
  return null;
}

function verdictOf({ outcome, calls, ms: times }: Progress): Verdict {
  const ms = times.reduce((sum, one) => sum + one, 0);
  switch (outcome.kind) {
    case "held":
      return { verdict: "passed", ...returned(calls), ms };
    case "failed":
      return { verdict: "failed", ...returned(calls), message: cap(outcome.message), ms };
    case "ended": {
      const call = calls[outcome.call];
      return call === undefined
        ? { verdict: "error", message: "The checker named a call that was not made.", ms }
        : endingVerdict(call.report, ms);
    }
    case "calls":
      return { verdict: "error", message: `Its calls still changed after ${MAX_ROUNDS} rounds.`, ms };
    default:
      return { verdict: "error", message: cap(`The test itself is wrong: ${outcome.message}`), ms };
  }
}

/** What the program returned to a test of one call: it tells programs apart that fail in different ways. */
function returned(calls: readonly AnsweredCall[]): Pick<Verdict, "got"> {
  const [call] = calls;
  if (call === undefined || calls.length > 1 || call.report.kind !== "value") return {};
  const value = parseTagged(call.report.value);
  const got = value === undefined ? undefined : jsonOf(value);
  return got === undefined ? {} : { got };
}

/** Executes the tests that cannot be recorded in the program's own interpreter. */
async function judgeUnguarded(
  run: RunJob,
  program: CandidateProgram,
  progress: readonly Progress[],
): Promise<ReadonlyMap<Progress, Verdict>> {
  const open = progress.filter(({ outcome }) => outcome.kind === "unrecordable");
  if (open.length === 0) return new Map();
  const assertions = open.map(({ test }) => `${test.setup ?? ""}\n${test.assertion}`);
  const { load, items } = await run({ ...program, work: { kind: "assertions", assertions } });
  const all = load === null ? itemsFor(open.length, items) : open.map((): CandidateItem => ({ report: load, ms: 0 }));
  return new Map(
    open.map((one, i) => [one, { ...unguardedVerdict(all[i] as CandidateItem, one.test), unguarded: true }]),
  );
}

function unguardedVerdict({ report, ms }: CandidateItem, { assertion }: AssertionTest): Verdict {
  if (report.kind === "held") return { verdict: "passed", ms };
  if (report.kind !== "error" || report.type !== "AssertionError") return endingVerdict(report, ms);
  return { verdict: "failed", message: cap(`${assertion.trim()} does not hold.`), ms };
}
