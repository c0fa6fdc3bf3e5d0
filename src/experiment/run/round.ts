import { LabError } from "../../core/errors";
import type { Problem } from "../../core/problem";
import type { JudgeWork, SampleWork, ScoreWork, Work, WorkResult } from "../../core/search/work";
import type { Step } from "../../core/step";
import type { PolicyModel } from "../../ports/policy-model";
import type { StepScorer } from "../../ports/step-scorer";
import { countPrompts, type RunStats } from "./run-stats";
import type { Judge } from "./tests";

/** Whoever does a run's work. */
export interface Workers {
  readonly policy: PolicyModel;
  readonly scorer: StepScorer | null;
  readonly judge: Judge;
  readonly problem: Problem;
  readonly now: () => number;
  readonly stats: RunStats;
}

type Results = readonly (readonly [id: number, result: WorkResult])[];

/** Does all work of one round at once; the results are in the order of the work, so that telling them is deterministic. */
export async function performRound(work: readonly Work[], workers: Workers, signal: AbortSignal): Promise<Results> {
  const samples = work.filter((w) => w.kind === "sample");
  const scores = work.filter((w) => w.kind === "score");
  const programs = work.filter((w) => w.kind === "judge");
  const draw = () => Promise.all([sampleAll(samples, workers, signal), scoreAll(scores, workers, signal)]);
  const judge = () => judgeAll(programs, workers, signal);
  const [[sampled, scored], judged] = await timed("waitMs", workers, () =>
    Promise.all([
      samples.length + scores.length > 0 ? timed("modelMs", workers, draw) : draw(),
      programs.length > 0 ? timed("judgeMs", workers, judge) : judge(),
    ]),
  );
  workers.stats.rounds++;
  return [...sampled, ...scored, ...judged].sort(([a], [b]) => a - b);
}

/** Everything the policy is to draw, in one call: requests with the same prompt share its prefill. */
async function sampleAll(
  work: readonly SampleWork[],
  { policy, stats }: Workers,
  signal: AbortSignal,
): Promise<Results> {
  if (work.length === 0) return [];
  const results = await policy.sample(
    work.flatMap(({ requests }) => requests),
    signal,
  );
  let next = 0;
  return work.map(({ id, requests }) => {
    const completions = requests.flatMap(() => {
      const result = results[next++];
      if (!result)
        throw new LabError("model/bad-answer", "The model left a request unanswered.", "Choose another model.");
      countPrompts(stats, result);
      return result.completions;
    });
    return [id, { kind: "sample", completions }];
  });
}

async function scoreAll(work: readonly ScoreWork[], workers: Workers, signal: AbortSignal): Promise<Results> {
  const values = await scorePaths(
    work.map(({ steps }) => steps),
    workers,
    signal,
  );
  return work.map(({ id }, index) => [id, { kind: "score", value: values[index] ?? Number.NaN }]);
}

/** What the step scorer thinks of paths, in their order, and counts what it read. What is no estimate is NaN. @throws what it throws. */
export async function scorePaths(
  paths: readonly (readonly Step[])[],
  { scorer, problem, stats }: Pick<Workers, "scorer" | "problem" | "stats">,
  signal: AbortSignal,
): Promise<readonly number[]> {
  if (scorer === null || paths.length === 0) return [];
  const { values, prompts } = await scorer.score(problem, paths, signal);
  if (prompts) {
    countPrompts(stats, prompts);
    stats.scorerTokens += prompts.prefilledTokens;
  }
  return paths.map((_, index) => {
    const value = values[index] ?? Number.NaN;
    return value >= 0 && value <= 1 ? value : Number.NaN;
  });
}

async function judgeAll(work: readonly JudgeWork[], { judge }: Workers, signal: AbortSignal): Promise<Results> {
  return Promise.all(
    work.map(async ({ id, code }) => [id, { kind: "judge", verdicts: await judge.judge(code, signal) }] as const),
  );
}

/** Does something and adds the time it takes to one of the stats. */
export async function timed<T>(
  key: "modelMs" | "judgeMs" | "waitMs",
  workers: Pick<Workers, "now" | "stats">,
  action: () => Promise<T>,
): Promise<T> {
  const begun = workers.now();
  try {
    return await action();
  } finally {
    workers.stats[key] += workers.now() - begun;
  }
}
