import { LabError } from "../../../core/errors";
import {
  type CallTest,
  isAssertionTest,
  isCallTest,
  isProgramTest,
  type ProgramTest,
  type TestCase,
} from "../../../core/problem";
import type { Verdict } from "../../../core/verdict";
import type { CodeRunner, JudgeRequest } from "../../../ports/code-runner";
import type { Preparation } from "../../../ports/experiment-runner";
import { judgeAssertions } from "./assertion-tests";
import type { CandidateProgram, PythonExecutor, RunJob } from "./executor";
import { tagged } from "./tagged";
import { callVerdict, itemsFor, programVerdict } from "./verdict";

/**
 * Default wall milliseconds for one call, or one run of a whole program; benchmarks' reference solutions need far
 * less.
 */
export const DEFAULT_PYTHON_TIME_LIMIT_MS = 3_000;

/**
 * Judges Python programs: program -> executor -> report -> verdict, each kind of test in its own way. What is expected never enters the candidate's realm: calls and inputs go in, data comes
 * out, and verdicts are made here (values, outputs) and in the trusted checker (assertions). The exception says so: a
 * verdict that is `unguarded`.
 */
export class PythonRunner implements CodeRunner {
  readonly #executor: PythonExecutor;
  readonly #timeLimitMs: number;

  /** @param timeLimitMs wall milliseconds of a call or a run, where the request says nothing. */
  constructor(executor: PythonExecutor, timeLimitMs = DEFAULT_PYTHON_TIME_LIMIT_MS) {
    this.#executor = executor;
    this.#timeLimitMs = timeLimitMs;
  }

  /** Opens the interpreters before the first program comes. @throws LabError `sandbox/*` when they cannot be had. */
  warm(onPreparation?: (preparation: Preparation) => void): Promise<void> {
    return this.#executor.warm(onPreparation);
  }

  /** Removes the interpreters. */
  close(): void {
    this.#executor.close();
  }

  /**
   * See {@link CodeRunner.judge}. The time limit holds for each call of a function (with what a test does with its
   * answer), and for each run of a whole program; tests of one kind share one load of the program.
   * @throws LabError `sandbox/*` when no realm can be had, `input/entry-point` when calls need a name and it is none;
   * the signal's reason.
   */
  async judge(request: JudgeRequest, signal?: AbortSignal): Promise<readonly Verdict[]> {
    signal?.throwIfAborted();
    const { language, tests } = request;
    if (language !== "python") {
      throw new LabError("sandbox/language", `The Python sandbox cannot run ${language}.`, "Choose a Python problem.");
    }
    const run: RunJob = (job) => this.#executor.run(job, signal);
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
    await each(isAssertionTest, (assertions) => judgeAssertions(run, program, assertions));
    return verdicts;
  }
}

/**
 * Judges calls of the entry point: all in one load of the program, in order. Values are compared here, outside its
 * realm.
 */
async function judgeCalls(
  run: RunJob,
  program: CandidateProgram & { readonly entryPoint: string },
  tests: readonly CallTest[],
): Promise<readonly Verdict[]> {
  const calls = tests.map(({ input }) => ({
    name: program.entryPoint,
    arguments: JSON.stringify([input.map(tagged), { dict: [] }]),
  }));
  const outcome = await run({ ...program, work: { kind: "calls", calls } });
  return itemsFor(tests.length, outcome).map((item, i) => callVerdict(item, tests[i] as CallTest));
}

/** Judges runs of a whole program, each from the start. Outputs are compared here, outside its realm. */
async function judgePrograms(
  run: RunJob,
  program: CandidateProgram,
  tests: readonly ProgramTest[],
): Promise<readonly Verdict[]> {
  const inputs = tests.map(({ stdin }) => stdin);
  const outcome = await run({ ...program, entryPoint: null, work: { kind: "programs", inputs } });
  return itemsFor(tests.length, outcome).map((item, i) => programVerdict(item, tests[i] as ProgramTest));
}

const IDENTIFIER = /^[\p{XID_Start}_][\p{XID_Continue}]*$/u;
const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if import in " +
    "is lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

/** The program, if tests can call a function of it. @throws LabError `input/entry-point`. */
function callable(program: CandidateProgram): CandidateProgram & { readonly entryPoint: string } {
  const { entryPoint } = program;
  if (entryPoint !== null && IDENTIFIER.test(entryPoint) && !KEYWORDS.has(entryPoint))
    return { ...program, entryPoint };
  const hint = "Give the name of the function the tests call, such as solve.";
  const message =
    entryPoint === null
      ? "The tests call a function without a name."
      : `"${entryPoint}" is not the name of a function.`;
  throw new LabError("input/entry-point", message, hint);
}

/**
 * The program, with its entry point as a global. LeetCode's programs have it as a method of `class Solution`; then a
 * function of that name is added at the end, which calls it on a new object each time.
 */
function withGlobalEntryPoint(code: string, entryPoint: string): string {
  if (!IDENTIFIER.test(entryPoint)) return code;
  const isGlobal = new RegExp(`^(async\\s+def|def|class)\\s+${entryPoint}\\b|^${entryPoint}\\s*=`, "mu");
  const isMethod = new RegExp(`^[ \\t]+def\\s+${entryPoint}\\b`, "mu");
  if (isGlobal.test(code) || !/^class\s+Solution\b/m.test(code) || !isMethod.test(code)) return code;
  return `${code}\n\ndef ${entryPoint}(*args, **kwargs):\n    return Solution().${entryPoint}(*args, **kwargs)\n`;
}
