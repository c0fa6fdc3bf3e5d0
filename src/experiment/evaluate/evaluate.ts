import type { ModelInfo } from "../../core/model";
import { type ScoredProblem, TIERS, type Tier } from "../../core/problem";
import { averageSamplingPassRate, type Proportion, passAt1, tokensPerSolved } from "../../core/stats";
import { generatePuzzle } from "../../puzzles/generator";
import { type RunPorts, settingsFault } from "../run/requirements";
import { concurrently } from "./concurrently";
import { type Measured, type MeasureRequest, measure, type ProblemOutcome } from "./measure";

/** A strategy to measure. */
export interface EvaluationRequest extends MeasureRequest {
  readonly problems: readonly ScoredProblem[];
  readonly ports: RunPorts;
  /** Problems under way at once; by default as many as keep the model busy. */
  readonly concurrency?: number;
}

/** What came of all of them. */
export interface EvaluationReport {
  readonly passAt1: Proportion;
  /** Average sampling pass rate over the problems that were solved; null when there are none or it was not asked for. */
  readonly aspr: { readonly value: number; readonly problems: number; readonly samplesPerProblem: number } | null;
  readonly tokensPerProblem: number;
  readonly tokensPerSolved: number | null;
  readonly wallMs: number;
  readonly seed: number;
  readonly model: ModelInfo;
  readonly outcomes: readonly ProblemOutcome[];
}

/** A problem is done. */
export interface EvaluationProgress extends Measured {
  readonly done: number;
  readonly total: number;
}

function report(request: EvaluationRequest, outcomes: readonly ProblemOutcome[], wallMs: number): EvaluationReport {
  const shares = outcomes.map((outcome) => outcome.freshPassShare).filter((share) => share !== null);
  const aspr = averageSamplingPassRate(shares);
  const tokens = outcomes.reduce((sum, outcome) => sum + outcome.tokens, 0);
  return {
    passAt1: passAt1(outcomes.map(({ solved }) => solved)),
    aspr: aspr === null ? null : { value: aspr, problems: shares.length, samplesPerProblem: request.freshSamples },
    tokensPerProblem: outcomes.length === 0 ? 0 : tokens / outcomes.length,
    tokensPerSolved: tokensPerSolved(outcomes),
    wallMs,
    seed: request.seed,
    model: request.ports.policy.info,
    outcomes,
  };
}

/**
 * Runs a strategy on many problems. Yields each problem as it is done; the report lists them in the order they were
 * given. Figures are a function of the seed, times excepted.
 * @throws LabError as `runExperiment`, when the settings cannot be met. A problem that cannot be run and a run that
 * ended with an error count as unsolved and say why; the rest goes on. Whoever stops reading stops the runs under way.
 */
export async function* evaluate(request: EvaluationRequest): AsyncGenerator<EvaluationProgress, EvaluationReport> {
  const { problems, config, ports } = request;
  const fault = settingsFault(config, ports);
  if (fault !== null) throw fault;
  const begun = request.now();
  const outcomes: ProblemOutcome[] = [];
  let done = 0;
  const measured = concurrently(request, problems, (scored, joined, signal) =>
    measure({ ...request, signal }, scored, joined),
  );
  for await (const { index, result } of measured) {
    outcomes[index] = result.outcome;
    yield { done: ++done, total: problems.length, ...result };
  }
  return report(
    request,
    outcomes.filter((outcome) => outcome !== undefined),
    request.now() - begun,
  );
}

/** Generated problems to measure a strategy on. */
export interface ProblemSet {
  readonly split: "test" | "validation";
  /** `all` takes the tiers in turn. */
  readonly tier: Tier | "all";
  /** How many, at least 1. */
  readonly n: number;
}

/** The problems of a set: the first n of the generator's sequence, so that a larger set contains a smaller one. */
export function problemsOf({ split, tier, n }: ProblemSet): readonly ScoredProblem[] {
  const tiers = tier === "all" ? TIERS : [tier];
  return Array.from({ length: n }, (_, i) => {
    const which = tiers[i % tiers.length] ?? "described";
    const { problem, hiddenTests } = generatePuzzle(split, which, Math.floor(i / tiers.length));
    return { problem, hiddenTests };
  });
}
