import { LabError } from "../../../core/errors";
import type { AssertionTest } from "../../../core/problem";
import type { CandidateCall, CandidateReport, PythonLane } from "./lane";

/** A call that a test made, and what came of it in the candidate's realm. */
export interface AnsweredCall extends CandidateCall {
  readonly report: CandidateReport;
}

/** A test, and the calls of the round before. */
export interface TestRound {
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
export interface CheckerContext {
  readonly preamble: string;
  readonly entryPoint: string | null;
}

/** Wall milliseconds for one call of the checker: tests only compare data, but a value may be made to keep one busy. */
const TIME_LIMIT_MS = 10_000;

/** First rounds remembered, at most. */
const MEMORY = 512;

/** The trusted checker, typed. A first round does not depend on the program, so it is asked once per test. */
export class Checker {
  readonly #lane: PythonLane;
  readonly #first = new Map<string, CheckerOutcome>();

  constructor(lane: PythonLane) {
    this.#lane = lane;
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
      const answer = await this.#lane.check(
        "judge",
        JSON.stringify({ preamble, entryPoint, tests }),
        TIME_LIMIT_MS,
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
