import type { Problem, TestCase, TestKind } from "../../core/problem";
import type { TestVerdict } from "../../core/verdict";
import type { CodeRunner } from "../../ports/code-runner";
import type { RunStats } from "./run-stats";

/** A test and what it is to the run. */
interface KnownTest {
  readonly kind: TestKind;
  readonly index: number;
  readonly test: TestCase;
}

function known(kind: TestKind, tests: readonly TestCase[]): readonly KnownTest[] {
  return tests.map((test, index) => ({ kind, index, test }));
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
