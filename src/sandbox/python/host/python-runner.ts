import { LabError } from "../../../core/errors";
import { isAssertionTest, isCallTest, isProgramTest, type TestCase } from "../../../core/problem";
import type { Verdict } from "../../../core/verdict";
import type { CodeRunner, JudgeRequest } from "../../../ports/code-runner";
import type { Preparation } from "../../../ports/experiment-runner";
import { judgeAssertions } from "./assertion-tests";
import { judgeCalls } from "./call-tests";
import type { CandidateProgram, RunJob } from "./candidate-program";
import { Checker } from "./checker";
import { checkEntryPoint, withGlobalEntryPoint } from "./entry-point";
import type { PythonLane } from "./lane";
import { judgePrograms } from "./program-tests";

/**
 * Default wall milliseconds for one call, or one run of a whole program; benchmarks' reference solutions need far
 * less.
 */
export const DEFAULT_PYTHON_TIME_LIMIT_MS = 3_000;

/**
 * Judges Python programs. What is expected never enters the candidate's realm: calls and inputs go in, data comes
 * out, and verdicts are made here (values, outputs) and in the trusted checker (assertions). The exception says so: a
 * verdict that is `unguarded`.
 */
export class PythonRunner implements CodeRunner {
  readonly #lane: PythonLane;
  readonly #checker: Checker;
  readonly #timeLimitMs: number;

  constructor(lane: PythonLane, timeLimitMs = DEFAULT_PYTHON_TIME_LIMIT_MS) {
    this.#lane = lane;
    this.#checker = new Checker(lane);
    this.#timeLimitMs = timeLimitMs;
  }

  /** Opens the interpreters before the first program comes. @throws LabError `sandbox/*` when they cannot be had. */
  warm(onPreparation?: (preparation: Preparation) => void): Promise<void> {
    return this.#lane.warm(onPreparation);
  }

  /** Removes the interpreters. */
  close(): void {
    this.#lane.close();
  }

  /**
   * See {@link CodeRunner.judge}. The time limit holds for each call of a function, and for each run of a whole
   * program; tests of one kind share one load of the program.
   * @throws LabError `sandbox/*` when no realm can be had, `input/entry-point` when calls need a name and it is none;
   * the signal's reason.
   */
  async judge(request: JudgeRequest, signal?: AbortSignal): Promise<readonly Verdict[]> {
    signal?.throwIfAborted();
    const { language, tests } = request;
    if (language !== "python") {
      throw new LabError("sandbox/no-lane", `The Python sandbox cannot run ${language}.`, "Choose a Python problem.");
    }
    const run: RunJob = (job) => this.#lane.run(job, signal);
    const { preamble = "", entryPoint, timeLimitMs = this.#timeLimitMs } = request;
    const code = entryPoint === null ? request.code : withGlobalEntryPoint(request.code, entryPoint);
    const program: CandidateProgram = { code, preamble, entryPoint, timeLimitMs };
    const verdicts: Verdict[] = [];
    const each = async <T extends TestCase>(
      isOfKind: (test: TestCase) => test is T,
      judge: (tests: readonly T[]) => Promise<readonly Verdict[]>,
    ) => {
      const indices = tests.flatMap((test, i) => (isOfKind(test) ? [i] : []));
      if (indices.length === 0) return;
      const made = await judge(indices.map((i) => tests[i] as T));
      indices.forEach((i, j) => {
        verdicts[i] = made[j] as Verdict;
      });
    };
    await each(isCallTest, (calls) => judgeCalls(run, callable(program), calls));
    await each(isProgramTest, (programs) => judgePrograms(run, program, programs));
    await each(isAssertionTest, (assertions) => judgeAssertions(this.#checker, run, program, assertions, signal));
    return verdicts;
  }
}

/** @throws LabError `input/entry-point` when there is no function to call. */
function callable(program: CandidateProgram): CandidateProgram & { readonly entryPoint: string } {
  const { entryPoint } = program;
  checkEntryPoint(entryPoint);
  return { ...program, entryPoint };
}
