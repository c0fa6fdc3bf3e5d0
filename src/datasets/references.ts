import type { TestCase } from "../core/problem";
import type { Verdict } from "../core/verdict";
import type { CodeRunner } from "../ports/code-runner";
import type { ProblemStore, StoredProblem } from "../ports/problem-store";
import type { ReferenceCheck, ReferenceProgress, ReferenceSummary } from "../ports/reference-check";

/** Checks the references of collections in a problem store. */
export class CollectionCheck implements ReferenceCheck {
  constructor(
    private readonly store: Pick<ProblemStore, "stored" | "keepCheck">,
    private readonly runner: CodeRunner,
  ) {}

  async check(
    collection: string,
    onProgress: (progress: ReferenceProgress) => void = () => {},
    signal?: AbortSignal,
  ): Promise<ReferenceSummary> {
    const problems = await this.store.stored(collection);
    const checked = await checkReferences(problems, this.runner, { onProgress, ...(signal ? { signal } : {}) });
    const { passed, rows: total, failed, timeLimitsMs } = checked;
    const summary = { passed, total, failed };
    await this.store.keepCheck(collection, summary, timeLimitsMs);
    return summary;
  }
}

/** How to check references. */
export interface CheckOptions {
  /** References to try of each problem until one passes: 3 without it. */
  readonly maxReferences?: number;
  /** Problems at work at once: 4 without it. The runner has limits of its own. */
  readonly concurrency?: number;
  /** Milliseconds that a reference may take for one test, when its problem allows less: 20,000 without it. */
  readonly timeLimitMs?: number;
  readonly onProgress?: (progress: CheckProgress) => void;
  readonly signal?: AbortSignal;
}

/** How far a check has come. */
export interface CheckProgress {
  readonly done: number;
  readonly total: number;
  /** Of those done. */
  readonly failed: number;
}

/** What came of a check. */
export interface CheckedReferences {
  readonly rows: number;
  readonly passed: number;
  readonly failed: readonly CheckFailure[];
  readonly wallMs: number;
  /**
   * By problem: milliseconds to allow a program for one test, made of the slowest test of the reference that passed
   * ({@link scaledTimeLimitMs}). Only where that is more than the least.
   */
  readonly timeLimitsMs: Readonly<Record<string, number>>;
}

/** A problem none of whose references passes all tests. */
export interface CheckFailure {
  readonly id: string;
  /** One sentence. */
  readonly reason: string;
}

const MAX_REFERENCES = 3;
const CONCURRENCY = 4;
const TIME_LIMIT_MS = 20_000;

/** A program may be this many times slower than the reference. */
const SLACK = 5;
const LEAST_LIMIT_MS = 3_000;
const MOST_LIMIT_MS = 120_000;

/**
 * Milliseconds to allow for a test that takes the reference `referenceMs`: five times as long, between 3 and 120
 * seconds.
 */
export function scaledTimeLimitMs(referenceMs: number): number {
  return Math.round(Math.min(MOST_LIMIT_MS, Math.max(LEAST_LIMIT_MS, SLACK * referenceMs)));
}

/**
 * Runs each problem's references on its visible and hidden tests. A problem passes when one reference passes all of
 * them.
 * @throws what the runner throws when it has no realm; the reason of `signal`.
 */
export async function checkReferences(
  problems: readonly StoredProblem[],
  runner: CodeRunner,
  options: CheckOptions = {},
): Promise<CheckedReferences> {
  const start = performance.now();
  const outcomes: (Outcome | undefined)[] = problems.map(() => undefined);
  let next = 0;
  let done = 0;
  let failed = 0;
  const work = async () => {
    while (next < problems.length) {
      options.signal?.throwIfAborted();
      const i = next++;
      const outcome = await checkProblem(problems[i] as StoredProblem, runner, options);
      outcomes[i] = outcome;
      done += 1;
      if (outcome.reason !== null) failed += 1;
      options.onProgress?.({ done, total: problems.length, failed });
    }
  };
  await Promise.all(Array.from({ length: options.concurrency ?? CONCURRENCY }, work));
  const all = outcomes.flatMap((outcome) => outcome ?? []);
  const failures = all.flatMap(({ id, reason }) => (reason === null ? [] : [{ id, reason }]));
  const slow = all.filter(
    (outcome) => outcome.reason === null && scaledTimeLimitMs(outcome.slowestMs) > LEAST_LIMIT_MS,
  );
  return {
    rows: problems.length,
    passed: problems.length - failures.length,
    failed: failures,
    wallMs: Math.round(performance.now() - start),
    timeLimitsMs: Object.fromEntries(slow.map(({ id, slowestMs }) => [id, scaledTimeLimitMs(slowestMs)])),
  };
}

interface Outcome {
  readonly id: string;
  /** Null when a reference passes. */
  readonly reason: string | null;
  /** The slowest test of that reference. */
  readonly slowestMs: number;
}

async function checkProblem(
  { problem, hiddenTests, references }: StoredProblem,
  runner: CodeRunner,
  { maxReferences = MAX_REFERENCES, timeLimitMs = TIME_LIMIT_MS, signal }: CheckOptions,
): Promise<Outcome> {
  const { id, language, entryPoint, preamble, visibleTests } = problem;
  const tests = [...visibleTests, ...hiddenTests];
  const tried = references.slice(0, maxReferences);
  if (tried.length === 0) return { id, reason: "It has no reference solution.", slowestMs: 0 };
  let best: readonly Verdict[] | undefined;
  for (const code of tried) {
    const request = {
      language,
      code,
      entryPoint,
      tests,
      timeLimitMs: Math.max(timeLimitMs, problem.timeLimitMs ?? 0),
      ...(preamble === undefined ? {} : { preamble }),
    };
    const verdicts = await runner.judge(request, signal);
    if (best === undefined || passCount(verdicts) > passCount(best)) best = verdicts;
    if (passCount(verdicts) === tests.length) {
      return { id, reason: null, slowestMs: Math.max(...verdicts.map((verdict) => verdict.ms)) };
    }
  }
  return { id, reason: reasonOf(best ?? [], tests, visibleTests.length, tried.length), slowestMs: 0 };
}

function passCount(verdicts: readonly Verdict[]): number {
  return verdicts.filter(({ verdict }) => verdict === "passed").length;
}

/** Why the reference that came furthest does not pass: its first test that fails. */
function reasonOf(verdicts: readonly Verdict[], tests: readonly TestCase[], visible: number, tried: number): string {
  const which = tried === 1 ? "The reference" : `The best of ${tried} references`;
  const first = verdicts.findIndex(({ verdict }) => verdict !== "passed");
  const failing = verdicts[first];
  if (!failing) return `${which} got no verdict.`;
  const place = first < visible ? `visible test ${first + 1}` : `hidden test ${first - visible + 1}`;
  const ending = failing.verdict === "failed" ? "failed" : `ended with ${failing.verdict}`;
  const detail = failing.message === undefined ? ending : `${ending}: ${failing.message}`;
  return `${which} passes ${passCount(verdicts)} of ${tests.length} tests; ${place} ${detail}`;
}
