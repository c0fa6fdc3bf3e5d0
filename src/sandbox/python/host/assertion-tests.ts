import { LabError } from "../../../core/errors";
import type { AssertionTest } from "../../../core/problem";
import type { Verdict } from "../../../core/verdict";
import type { CandidateCall } from "../wire";
import type { CandidateItem, CandidateProgram, CandidateReport, PythonExecutor, RunJob } from "./executor";
import { jsonOf, parseTagged } from "./tagged";
import { cap, endingVerdict, itemsFor, unguardedVerdict } from "./verdict";

/*
 * Tests that are code. The checker (source/checker.py, an interpreter that no candidate enters) runs a test to learn
 * which calls it makes, the candidate's realm makes them, and the checker replays the test on the answers. Nothing
 * outside this file and that one knows of rounds: any other way to let a test meet its program would take their place.
 */

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
 * has passed; one that cannot be recorded is executed in the program's own interpreter and says `unguarded`.
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
  const outcome = await run({ ...program, work: { kind: "calls", calls } });
  if (outcome.load !== null) return endingVerdict(outcome.load, 0);
  const all = itemsFor(calls.length, outcome);
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
  const items = itemsFor(open.length, await run({ ...program, work: { kind: "assertions", assertions } }));
  return new Map(open.map((one, i) => [one, unguardedVerdict(items[i] as CandidateItem, one.test)]));
}

/** A call that a test made, and what came of it in the candidate's realm. */
export interface AnsweredCall extends CandidateCall {
  readonly report: CandidateReport;
}

/** A test, and the calls of the round before. */
interface TestRound {
  readonly test: AssertionTest;
  readonly calls: readonly AnsweredCall[];
}

/** What checker.py says of a test; see `judge` there. */
export type CheckerOutcome =
  | { readonly kind: "calls"; readonly calls: readonly CandidateCall[] }
  | { readonly kind: "held" }
  | { readonly kind: "ended"; readonly call: number }
  | { readonly kind: "failed" | "unrecordable" | "broken"; readonly message: string };

/** What all tests of a request share. */
interface CheckerContext {
  readonly preamble: string;
  readonly entryPoint: string | null;
}

/** Wall milliseconds for one call of the checker: tests only compare data, but a value may be made to keep one busy. */
export const DEFAULT_CHECK_LIMIT_MS = 10_000;

/** First rounds remembered, at most. */
const MEMORY = 512;

/** The trusted checker, typed. A first round does not depend on the program, so it is asked once per test. */
export class Checker {
  readonly #executor: PythonExecutor;
  readonly #limitMs: number;
  readonly #first = new Map<string, CheckerOutcome>();

  constructor(executor: PythonExecutor, limitMs: number) {
    this.#executor = executor;
    this.#limitMs = limitMs;
  }

  /**
   * One outcome per round, in order. A test that stops the checker (it raises, or runs out of time) is `broken`
   * without harm to the others: they are judged again, one by one.
   * @throws LabError `sandbox/*` when there is no checker; the reason of `signal`.
   */
  async judge(
    context: CheckerContext,
    rounds: readonly TestRound[],
    signal?: AbortSignal,
  ): Promise<readonly CheckerOutcome[]> {
    const known = rounds.map((round) =>
      round.calls.length === 0 ? this.#first.get(keyOf(context, round)) : undefined,
    );
    const asked = rounds.filter((_, i) => known[i] === undefined);
    const answers = asked.length === 0 ? [] : await this.#ask(context, asked, signal);
    asked.forEach((round, i) => {
      if (round.calls.length === 0) this.#remember(keyOf(context, round), answers[i] as CheckerOutcome);
    });
    let next = 0;
    return known.map((outcome) => outcome ?? (answers[next++] as CheckerOutcome));
  }

  async #ask(
    { preamble, entryPoint }: CheckerContext,
    rounds: readonly TestRound[],
    signal: AbortSignal | undefined,
  ): Promise<readonly CheckerOutcome[]> {
    const tests = rounds.map(({ test, calls }) => ({ setup: test.setup ?? "", assertion: test.assertion, calls }));
    try {
      const answer = await this.#executor.check(
        "judge",
        JSON.stringify({ preamble, entryPoint, tests }),
        this.#limitMs,
        signal,
      );
      return JSON.parse(answer) as CheckerOutcome[];
    } catch (thrown) {
      if (!(thrown instanceof LabError) || thrown.code !== "sandbox/checker") throw thrown;
      if (rounds.length === 1) return [{ kind: "broken", message: thrown.message }];
    }
    const outcomes: CheckerOutcome[] = [];
    for (const round of rounds) outcomes.push(...(await this.#ask({ preamble, entryPoint }, [round], signal)));
    return outcomes;
  }

  #remember(key: string, outcome: CheckerOutcome): void {
    const oldest = this.#first.keys().next();
    if (this.#first.size >= MEMORY && oldest.done !== true) this.#first.delete(oldest.value);
    this.#first.set(key, outcome);
  }
}

function keyOf({ preamble, entryPoint }: CheckerContext, { test }: TestRound): string {
  return JSON.stringify([preamble, entryPoint, test.setup ?? "", test.assertion]);
}
