/**
 * How good a value of steps must be before tree search by it pays: the truth, which a list puzzle's maker knows, with more and more noise in
 * it, against what needs no value at all. Tiers differ in how many steps are uncertain.
 */
import type { ScoredProblem, Tier } from "../../core/problem";
import { createRandom, deriveSeed } from "../../core/rng";
import { auc, type RankedItem } from "../../core/scorer-metrics";
import { bootstrapInterval, type Proportion, passAt1 } from "../../core/stats";
import type { StepScorer } from "../../ports/step-scorer";
import { type ComparisonStrategy, comparisonConfig } from "../compare/spec";
import { createExactScorer } from "../run/exact-scorer";
import type { RunPorts } from "../run/requirements";
import { evaluate, problemsOf } from "./evaluate";
import type { ProblemOutcome } from "./measure";

/** A scorer that knows the truth x, 0 or 1, but hears it as y = x + noise z, z normal, and tells what follows from that. */
export interface NoisyScorer extends StepScorer {
  /** What it has been asked, with the truth. */
  readonly asked: readonly RankedItem[];
}

/**
 * Estimates are P(x = 1 | y) for equal odds, 1 / (1 + exp((1/2 - y) / noise^2)): as sure as one can be and no surer. Their AUC is
 * Phi(1 / (noise sqrt(2))). The same path is always heard alike.
 * @param noise at least 0, which is the truth itself.
 */
export function createNoisyScorer(noise: number, seed: number): NoisyScorer {
  const exact = createExactScorer();
  const asked: RankedItem[] = [];
  const groups = new Map<string, number>();
  return {
    asked,
    async score(problem, paths, signal) {
      const { values: truths } = await exact.score(problem, paths, signal);
      if (!groups.has(problem.id)) groups.set(problem.id, groups.size);
      const values = truths.map((truth, index) => {
        const heard = truth + noise * normal(deriveSeed("noise", seed, problem.id, JSON.stringify(paths[index])));
        const value = noise === 0 ? truth : 1 / (1 + Math.exp((0.5 - heard) / noise ** 2));
        asked.push({ score: value, isRight: truth === 1, group: groups.get(problem.id) ?? 0 });
        return value;
      });
      return { values };
    },
  };
}

/** A standard normal number (Box and Muller 1958). */
function normal(seed: number): number {
  const random = createRandom(seed);
  return Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

/** What to measure. */
export interface BreakEvenRequest {
  readonly ports: RunPorts;
  readonly split: "validation" | "test";
  readonly tiers: readonly Tier[];
  /** Problems of each tier. */
  readonly n: number;
  readonly budgetTokens: number;
  /** See {@link createNoisyScorer}. */
  readonly noises: readonly number[];
  readonly seed: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** What needs no value: what a value has to beat. */
const WITHOUT_VALUE: readonly ComparisonStrategy[] = [
  "best-of-n",
  "best-of-n-distinct",
  "best-first",
  "mcts-puct-distinct",
];

/** What goes by a value. */
const BY_VALUE: readonly ComparisonStrategy[] = ["mcts-scorer", "best-first-scorer"];

/** What one way to search came to on one tier. */
export interface BreakEvenRow {
  readonly tier: Tier;
  readonly strategy: ComparisonStrategy;
  /** Of the values; null without any. */
  readonly noise: number | null;
  /** Of the values that were asked for, measured; null without any, or where all were right or all wrong. */
  readonly auc: Proportion | null;
  readonly solved: Proportion;
  /** Sampled until the first program that passes and is right; problems that were not solved count with the whole budget. */
  readonly meanTokens: number;
  readonly medianTokens: number;
  /** Its mean tokens as a share of best of n's on the same problems, with the 95 % interval of a paired bootstrap. */
  readonly ratio: { readonly value: number; readonly ci95: readonly [number, number] };
}

/** Measures all rows, a tier after the other; yields each when it is done. Same seed, same model: same figures. */
export async function* measureBreakEven(request: BreakEvenRequest): AsyncGenerator<BreakEvenRow, void> {
  const { tiers, split, n, noises, seed } = request;
  for (const tier of tiers) {
    const problems = problemsOf({ split, tier, n });
    let reference: readonly number[] | null = null;
    const row = async (strategy: ComparisonStrategy, noise: number | null): Promise<BreakEvenRow> => {
      const scorer = noise === null ? null : createNoisyScorer(noise, seed);
      const outcomes = await outcomesOf(request, problems, strategy, scorer);
      const tokens = outcomes.map((outcome) => tokensToSolve(outcome, request.budgetTokens));
      reference ??= tokens;
      return {
        ...{ tier, strategy, noise, auc: scorer === null ? null : auc(scorer.asked, deriveSeed("auc", seed)) },
        solved: passAt1(outcomes.map(({ solved }) => solved)),
        meanTokens: tokens.reduce((sum, each) => sum + each, 0) / Math.max(1, tokens.length),
        medianTokens: tokens.toSorted((a, b) => a - b)[Math.floor((tokens.length - 1) / 2)] ?? 0,
        ratio: ratioOf(tokens, reference, deriveSeed("ratio", seed)),
      };
    };
    for (const strategy of WITHOUT_VALUE) yield await row(strategy, null);
    for (const strategy of BY_VALUE) for (const noise of noises) yield await row(strategy, noise);
  }
}

async function outcomesOf(
  { ports, budgetTokens, seed, now }: BreakEvenRequest,
  problems: readonly ScoredProblem[],
  strategy: ComparisonStrategy,
  scorer: StepScorer | null,
): Promise<readonly ProblemOutcome[]> {
  const config = comparisonConfig(strategy, "tiny", { budgetTokens, stopAtPass: true });
  const own = scorer === null ? ports : { ...ports, scorer };
  const evaluation = evaluate({ problems, ports: own, config, seed, freshSamples: 0, now });
  let next = await evaluation.next();
  while (!next.done) next = await evaluation.next();
  return next.value.outcomes;
}

function tokensToSolve({ firstPass }: ProblemOutcome, budgetTokens: number): number {
  return firstPass?.solved ? Math.min(firstPass.tokens, budgetTokens) : budgetTokens;
}

function ratioOf(tokens: readonly number[], reference: readonly number[], seed: number): BreakEvenRow["ratio"] {
  const ratio = (weights: Uint32Array): number | null => {
    const sum = (values: readonly number[]) =>
      values.reduce((total, value, index) => total + value * (weights[index] ?? 0), 0);
    const all = sum(reference);
    return all === 0 ? null : sum(tokens) / all;
  };
  const value = ratio(new Uint32Array(tokens.length).fill(1)) ?? 1;
  return { value, ci95: bootstrapInterval(tokens.length, ratio, seed) ?? [value, value] };
}
