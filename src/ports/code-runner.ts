import type { Language, TestCase } from "../core/problem";
import type { Verdict } from "../core/verdict";

/** A program and the tests to run it on. */
export interface JudgeRequest {
  readonly language: Language;
  readonly code: string;
  /** Code that runs before the program, in the same scope; lines of errors are counted in `code` alone. */
  readonly preamble?: string;
  /** Null for a whole program that reads stdin. */
  readonly entryPoint: string | null;
  readonly tests: readonly TestCase[];
  /** Wall milliseconds allowed for one test. */
  readonly timeLimitMs?: number;
}

/** Runs untrusted programs; a hostile one never harms the next, the page or the verdicts. */
export interface CodeRunner {
  /**
   * One verdict per test, in order; a program that fails as a whole gets the same verdict for each.
   * Never rejects because of what the program does; rejects with LabError `sandbox/*` when no realm can be had.
   */
  judge(request: JudgeRequest, signal?: AbortSignal): Promise<readonly Verdict[]>;
}
