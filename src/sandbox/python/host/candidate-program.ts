import type { CandidateJob, CandidateOutcome } from "./lane";

/** A program on its way to the candidate's realm; the work is added by each kind of test. */
export type CandidateProgram = Omit<CandidateJob, "work">;

/** Has a job done. Rejects as `PythonLane.run` does. */
export type RunJob = (job: CandidateJob) => Promise<CandidateOutcome>;
