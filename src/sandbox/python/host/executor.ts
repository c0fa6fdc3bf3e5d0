import type { Preparation } from "../../../ports/experiment-runner";
import type { CandidateJob } from "../wire";

/** How one item ended, or the loading. Untrusted, but of this shape: the executor has validated it. */
export type CandidateReport =
  /** JSON text of the returned value in tagged form. */
  | { readonly kind: "value"; readonly value: string }
  /** What a whole program wrote to stdout. */
  | { readonly kind: "output"; readonly stdout: string }
  /** Of a test: JSON text of what checker.py says, which is to be trusted. */
  | { readonly kind: "judged"; readonly outcome: string }
  /** It returned something that has no tagged form (an instance, a function, a cycle); `message` says what. */
  | { readonly kind: "unwritable"; readonly message: string }
  /** An exception; `line` counts from 1 in `code`, when the traceback passes there. */
  | { readonly kind: "error"; readonly type: string; readonly message: string; readonly line?: number }
  | { readonly kind: "syntax-error"; readonly message: string; readonly line?: number }
  | { readonly kind: "missing-entry-point"; readonly message: string }
  | { readonly kind: "timeout" | "memory" | "output-limit" | "crashed"; readonly message: string };

/** How one item of a job ended, its wall time included. */
export interface CandidateItem {
  readonly report: CandidateReport;
  /** Wall milliseconds, at least 0. */
  readonly ms: number;
}

/** What came of a job. */
export interface CandidateOutcome {
  /** Set when the program did not load: then there is no item. */
  readonly load: CandidateReport | null;
  /** One per item, in order; fewer when too many items had to be stopped by force (the rest counts as not run). */
  readonly items: readonly CandidateItem[];
}

/** A program on its way to the candidate's realm; the work is added by each kind of test. */
export type CandidateProgram = Omit<CandidateJob, "work">;

/** Has a job done. Rejects as `PythonExecutor.run` does. */
export type RunJob = (job: CandidateJob) => Promise<CandidateOutcome>;

/**
 * Two kinds of Python interpreters: candidates', and trusted checkers, which never run a candidate's code. A test runs in a
 * checker, which asks the candidate. An interpreter serves one job at a time; a candidate's is rewound between jobs.
 */
export interface PythonExecutor {
  /** @throws LabError `sandbox/*` when no realm can be had; the reason of `signal`. Never for what the program does. */
  run(job: CandidateJob, signal?: AbortSignal): Promise<CandidateOutcome>;
  /** Opens the sandbox and the interpreters before they are needed; tells of the download. @throws LabError `sandbox/*`. */
  warm(onPreparation?: (preparation: Preparation) => void): Promise<void>;
  close(): void;
}
