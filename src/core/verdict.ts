import type { JsonValue, TestKind } from "./problem";

/** How one test of one program ended. `missing-entry-point`: the program defines no such function. */
export type Outcome =
  | "passed"
  | "failed"
  | "error"
  | "timeout"
  | "memory"
  | "output-limit"
  | "crashed"
  | "syntax-error"
  | "missing-entry-point";

/** The verdict on one test. */
export interface Verdict {
  readonly verdict: Outcome;
  /** The value or the text that was to come; not there for an assertion. */
  readonly expected?: JsonValue;
  /** What the program returned, when it returned a JSON value; for other values a short description stands in `message`. */
  readonly got?: JsonValue;
  /** One sentence for people: the error's type and message, or what kind of value came back. */
  readonly message?: string;
  /** 1-based line of the program an error points at, when known. */
  readonly line?: number;
  /** The test ran inside the program's own interpreter, where a hostile program could forge its outcome (see the threat model of the Python sandbox). */
  readonly unguarded?: true;
  /** Wall time of this test in milliseconds, at least 0. */
  readonly ms: number;
}

/** A verdict, and which test of which kind it is about. */
export interface TestVerdict extends Verdict {
  readonly kind: TestKind;
  /** Index into the tests of that kind. */
  readonly index: number;
}
