import type { Preparation } from "../../../ports/experiment-runner";

/** One call of a function that the program defines. */
export interface CandidateCall {
  /** A global name of the program; usually the entry point. */
  readonly name: string;
  /** JSON text of `[args, kwargs]` in the tagged form of tagged.py. */
  readonly arguments: string;
}

/** What is asked of a program. Every item ends within `timeLimitMs` of its own. */
export type CandidateWork =
  /** The program is loaded once; the calls are made in order in the same namespace. */
  | { readonly kind: "calls"; readonly calls: readonly CandidateCall[] }
  /** The program is run from the start for each input, as `__main__`, in an interpreter as good as new. */
  | { readonly kind: "programs"; readonly inputs: readonly string[] }
  /** Fallback for tests that cannot be recorded: each is executed in the program's own namespace. Forgeable, marked as such. */
  | { readonly kind: "assertions"; readonly assertions: readonly string[] };

/** A program and what is asked of it. It holds no expected value. */
export interface CandidateJob {
  readonly preamble: string;
  readonly code: string;
  /** Must be a global function or class after loading; null for whole programs. */
  readonly entryPoint: string | null;
  readonly work: CandidateWork;
  /** Wall milliseconds for each item, and for loading. */
  readonly timeLimitMs: number;
}

/** How one item ended, or the loading. Untrusted, but of this shape: the lane has validated it. */
export type CandidateReport =
  /** JSON text of the returned value in tagged form. */
  | { readonly kind: "value"; readonly value: string }
  /** What a whole program wrote to stdout. */
  | { readonly kind: "output"; readonly stdout: string }
  /** The assertion held. */
  | { readonly kind: "held" }
  /** It returned something that has no tagged form (an instance, a function, a cycle); `message` says what. */
  | { readonly kind: "unwritable"; readonly message: string }
  /** An exception; `line` counts from 1 in `code`, when the traceback passes there. */
  | { readonly kind: "error"; readonly type: string; readonly message: string; readonly line?: number }
  | { readonly kind: "syntax-error"; readonly message: string; readonly line?: number }
  | { readonly kind: "missing-entry-point"; readonly message: string }
  | { readonly kind: "timeout" | "memory" | "output-limit" | "crashed"; readonly message: string };

/** What came of a job. */
export interface CandidateOutcome {
  /** Set when the program did not load: then there is no item. */
  readonly load: CandidateReport | null;
  /** One per item, in order; fewer when too many items had to be stopped by force (the rest counts as not run). */
  readonly items: readonly { readonly report: CandidateReport; readonly ms: number }[];
}

/**
 * The interpreters of the Python lane: candidates' realms, and the trusted checker, which never runs a candidate's code.
 * A realm serves one job at a time and is rewound between jobs.
 */
export interface PythonLane {
  /** @throws LabError `sandbox/*` when no realm can be had; the reason of `signal`. Never for what the program does. */
  run(job: CandidateJob, signal?: AbortSignal): Promise<CandidateOutcome>;
  /**
   * Calls a function of checker.py in the trusted interpreter; argument and result are JSON texts. The checker runs test code, which may
   * loop for ever on what a program returned, so it has a time limit too.
   * @throws LabError `sandbox/checker` when it raises or runs out of time; the lane then starts a new one.
   */
  check(name: string, argument: string, timeLimitMs: number, signal?: AbortSignal): Promise<string>;
  /** Opens the sandbox and the interpreters before they are needed; tells of the download. @throws LabError `sandbox/*`. */
  warm(onPreparation?: (preparation: Preparation) => void): Promise<void>;
  close(): void;
}
