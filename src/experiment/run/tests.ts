import {
  type AssertionTest,
  type CallTest,
  isAssertionTest,
  isCallTest,
  isProgramTest,
  type JsonValue,
  type Problem,
  type ScoredProblem,
  type TestCase,
  type TestKind,
} from "../../core/problem";
import type { RunState } from "../../core/run/tree";
import type { TestVerdict } from "../../core/verdict";
import type { CodeRunner } from "../../ports/code-runner";
import type { RunStats } from "./run-stats";

/** A test and what it is to the run. */
interface KnownTest {
  readonly kind: TestKind;
  readonly index: number;
  readonly test: TestCase;
}

function known(kind: TestKind, tests: readonly TestCase[], from = 0): readonly KnownTest[] {
  return tests.map((test, index) => ({ kind, index: from + index, test }));
}

/** Judges a run's programs, an equal one once. It knows the tests it was given and no others. */
export class Judge {
  private readonly verdicts = new Map<string, Promise<readonly TestVerdict[]>>();

  constructor(
    private readonly runner: CodeRunner,
    private readonly problem: Problem,
    private readonly tests: readonly KnownTest[],
    private readonly stats: RunStats,
  ) {}

  judge(code: string, signal: AbortSignal): Promise<readonly TestVerdict[]> {
    const before = this.verdicts.get(code);
    if (before !== undefined) return before;
    const verdicts = this.run(code, signal);
    this.verdicts.set(code, verdicts);
    return verdicts;
  }

  private async run(code: string, signal: AbortSignal): Promise<readonly TestVerdict[]> {
    this.stats.programs++;
    const { language, entryPoint, preamble, timeLimitMs } = this.problem;
    const tests = this.tests.map(({ test }) => test);
    if (tests.length === 0) return [];
    const request = {
      language,
      code,
      entryPoint,
      tests,
      ...(preamble === undefined ? {} : { preamble }),
      ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
    };
    const verdicts = await this.runner.judge(request, signal);
    return this.tests.flatMap(({ kind, index }, i) => {
      const verdict = verdicts[i];
      return verdict ? [{ ...verdict, kind, index }] : [];
    });
  }
}

/** Generated tests that come after `before` others. */
export function addedTests(tests: readonly TestCase[], before: number): readonly KnownTest[] {
  return known("generated", tests, before);
}

/** The tests a search may use: visible and generated ones, and in data synthesis (`own`) the training problem's hidden ones. */
export function searchTests(
  problem: Problem,
  generated: readonly TestCase[],
  own: readonly TestCase[],
): readonly KnownTest[] {
  return [...known("visible", problem.visibleTests), ...known("generated", generated), ...known("hidden", own)];
}

/** Hidden tests, for the score after the end. */
export function scoreTests(hidden: readonly TestCase[]): readonly KnownTest[] {
  return known("hidden", hidden);
}

function kindOf(value: JsonValue): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/**
 * Whether a call has the shape of the visible ones: as many arguments, each of a kind seen there, and such a result.
 * Without any, all have.
 */
function hasShape(test: CallTest, visible: readonly CallTest[]): boolean {
  if (visible.length === 0) return true;
  const expectedKinds = visible.map(({ expected }) => kindOf(expected));
  return (
    expectedKinds.includes(kindOf(test.expected)) &&
    visible.some(({ input }) => input.length === test.input.length) &&
    test.input.every((argument, i) =>
      visible.some(({ input }) => i < input.length && kindOf(input[i] ?? null) === kindOf(argument)),
    )
  );
}

/** Whether an assertion is about the problem's function at all. */
function isAbout({ assertion }: AssertionTest, entryPoint: string): boolean {
  return assertion.includes("assert") && assertion.includes(`${entryPoint}(`);
}

/** Whether a test is one that programs for this problem can be run on. */
function fits(test: TestCase, { entryPoint, language, visibleTests }: Problem): boolean {
  if (isProgramTest(test)) return entryPoint === null;
  if (entryPoint === null) return false;
  if (isCallTest(test)) return hasShape(test, visibleTests.filter(isCallTest));
  return language === "python" && isAbout(test, entryPoint);
}

/** What makes two tests the same: their input; of an assertion, its text but for white space. */
function identity(test: TestCase): string {
  if (isAssertionTest(test)) return `assertion ${test.assertion.replace(/\s+/g, "")}`;
  return isCallTest(test) ? `call ${JSON.stringify(test.input)}` : `program ${test.stdin.trim()}`;
}

/**
 * The generated tests a run keeps: those that fit the problem (calls with the shape of the visible ones, assertions
 * about its function, runs of a whole program where one is asked for) and are new. Whether they are right nobody knows
 * here.
 */
export function usableTests(problem: Problem, generated: readonly TestCase[]): readonly TestCase[] {
  const seen = new Set(problem.visibleTests.map(identity));
  return generated.filter((test) => {
    const key = identity(test);
    if (seen.has(key) || !fits(test, problem)) return false;
    seen.add(key);
    return true;
  });
}

/** The tests that decide whether a program is right: the hidden ones; of a problem without any, the visible ones. */
export function decidingTests({ problem, hiddenTests }: ScoredProblem): readonly TestCase[] {
  return hiddenTests.length > 0 ? hiddenTests : problem.visibleTests;
}

/**
 * Whether the answer of a run that is over passes the tests that decide: the hidden ones; of a problem without any, all visible ones.
 * Where there is neither, nothing was shown, and a run that ended with an error was not scored.
 */
export function isSolved({ ended, hidden, nodes }: RunState): boolean {
  if (hidden !== null) return hidden.solved;
  if (!ended?.answer || ended.reason === "error") return false;
  const visible = nodes.get(ended.answer.nodeId)?.verdicts?.filter(({ kind }) => kind === "visible") ?? [];
  return visible.length > 0 && visible.every(({ verdict }) => verdict === "passed");
}
