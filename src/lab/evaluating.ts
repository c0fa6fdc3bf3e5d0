/** Measuring on generated problems: a strategy, or a policy without one. */
import type { SearchConfig } from "../core/config";
import { LabError } from "../core/errors";
import { TIERS, type Tier } from "../core/problem";
import { type Proportion, passAt1 } from "../core/stats";
import type { CoverageReport } from "../experiment/evaluate/coverage";
import type { ProblemSet } from "../experiment/evaluate/evaluate";
import type { ProblemOutcome } from "../experiment/evaluate/measure";
import type { SearchClient } from "../rpc/run-workers";

/** What is measured. */
export interface EvaluatingWork {
  readonly problems: ProblemSet;
  readonly config: SearchConfig;
  readonly seed: number;
}

/** What a strategy reached. */
export interface EvalReport {
  readonly passAt1: Proportion;
  /** The same of each tier that was measured. */
  readonly tiers: { readonly [tier in Tier]?: Proportion };
  /** In [0, 1]; null when no problem was solved. */
  readonly aspr: number | null;
  readonly tokensPerProblem: number;
  readonly wallMs: number;
  readonly seed: number;
  readonly model: string;
  /** Of the weights, as `ModelInfo` has it. */
  readonly weights: string | null;
  readonly backend: string;
  /** Problem by problem, to be compared with another evaluation. */
  readonly outcomes: readonly Pick<ProblemOutcome, "id" | "tier" | "solved" | "tokens">[];
}

/** Fresh samples per solved problem for ASPR. */
const FRESH_SAMPLES = 8;

/** @throws LabError when a run ended with an error. */
export async function evaluateStrategy(
  search: SearchClient,
  work: EvaluatingWork,
  say: (line: string) => void,
): Promise<EvalReport> {
  const { n } = work.problems;
  let [done, solved] = [0, 0];
  const report = await resultOf(search.evaluate({ ...work, freshSamples: FRESH_SAMPLES }), ({ outcome }) => {
    if (outcome.solved) solved++;
    say(`${++done} of ${n}: ${outcome.id} ${outcome.solved ? "solved" : "not solved"}, ${solved} solved in all`);
  });
  const failed = report.outcomes.find(({ ended }) => ended === "error");
  if (failed) throw new LabError("internal/run-failed", `The run on ${failed.id} failed: ${failed.message}`);
  const { aspr, tokensPerProblem, wallMs, seed, outcomes } = report;
  const measured = TIERS.map((tier) => [tier, outcomes.filter((outcome) => outcome.tier === tier)] as const);
  const tiers = measured.filter(([, own]) => own.length > 0);
  return {
    passAt1: report.passAt1,
    tiers: Object.fromEntries(tiers.map(([tier, own]) => [tier, passAt1(own.map((each) => each.solved))])),
    aspr: aspr?.value ?? null,
    tokensPerProblem,
    wallMs,
    seed,
    model: report.model.id,
    weights: report.model.weights ?? null,
    backend: report.model.backend,
    outcomes: outcomes.map(({ id, tier, solved, tokens }) => ({ id, tier, solved, tokens })),
  };
}

/** A policy's greedy answer and pass@k. */
export function evaluatePolicy(
  search: SearchClient,
  work: EvaluatingWork,
  say: (line: string) => void,
): Promise<CoverageReport> {
  const { n } = work.problems;
  let done = 0;
  return resultOf(search.coverage(work), ({ id, greedy, passed, samples }) =>
    say(`${++done} of ${n}: ${id} greedy ${greedy ? "solved" : "not solved"}, ${passed} of ${samples} samples pass`),
  );
}

/** Reads a stream to its end. */
export async function resultOf<T, R>(stream: AsyncGenerator<readonly T[], R>, onItem: (item: T) => void): Promise<R> {
  let next = await stream.next();
  for (; !next.done; next = await stream.next()) next.value.forEach(onItem);
  return next.value;
}
