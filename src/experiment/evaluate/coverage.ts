/**
 * What a policy can do by itself, without a search: its greedy answer, and pass@k of independent samples. A training that gains in
 * pass@1 and loses in pass@64 has sharpened the policy and taught it nothing (Yue et al. 2025, arXiv 2504.13837).
 */
import type { SearchConfig } from "../../core/config";
import type { ModelInfo } from "../../core/model";
import { type ScoredProblem, TIERS, type Tier } from "../../core/problem";
import { deriveSeed } from "../../core/rng";
import type { Draw } from "../../core/search/draw";
import { bootstrapRatio, type Proportion, passAt1, passAtK } from "../../core/stats";
import { problemFault, type RunPorts, settingsFault } from "../run/requirements";
import { newRunStats } from "../run/run-stats";
import { decidingTests, Judge, scoreTests } from "../run/tests";
import { concurrently } from "./concurrently";
import { judgedDraws } from "./measure";

/** A policy to measure. */
export interface CoverageRequest {
  readonly problems: readonly ScoredProblem[];
  readonly ports: RunPorts;
  /** `vanilla` draws code at once, `sample` whole paths: `numSimulations` of them, at its sampling settings. */
  readonly config: SearchConfig;
  /** Each problem's samples get a seed derived from this and the problem's id. */
  readonly seed: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Begins no other problem; the report is then of those that are done. */
  readonly signal?: AbortSignal;
}

/** What was drawn for one problem. */
export interface SampledProblem {
  readonly id: string;
  readonly tier: Tier | null;
  /** The likeliest path, token by token, ends in a program that passes all hidden tests. */
  readonly greedy: boolean;
  readonly samples: number;
  /** Samples whose program passes all hidden tests. */
  readonly passed: number;
  /** Different programs among the samples. */
  readonly programs: number;
  /** Of all samples, the greedy one left out. */
  readonly tokens: number;
}

/** Shares of problems, each with its 95 % interval over problems. */
export interface Coverage {
  readonly problems: number;
  readonly greedy: Proportion;
  /** pass@k for k = 1, 2, 4, ... up to the number of samples. */
  readonly passAtK: readonly (Proportion & { readonly k: number })[];
}

/** What came of a whole measurement. */
export interface CoverageReport {
  readonly all: Coverage;
  readonly tiers: { readonly [tier in Tier]?: Coverage };
  readonly outcomes: readonly SampledProblem[];
  readonly wallMs: number;
  readonly seed: number;
  readonly model: ModelInfo;
}

/** Samples of one seed: the first ones are the same however many there are. */
const BATCH = 16;

/**
 * Draws from a policy on many problems; yields each as it is done. The figures are a function of the seed, and the first samples are
 * the same however many there are.
 * @throws LabError when the settings or a problem cannot be met.
 */
export async function* coverage(request: CoverageRequest): AsyncGenerator<SampledProblem, CoverageReport> {
  const { problems, config, ports, seed, now } = request;
  const fault =
    settingsFault(config, ports) ??
    problems.map(({ problem }) => problemFault(problem, config, ports.policy.info, "inference")).find(Boolean);
  if (fault) throw fault;
  const begun = now();
  const outcomes: SampledProblem[] = [];
  const sampled = concurrently(request, problems, (scored, joined, signal) => draw(request, scored, joined, signal));
  for await (const { index, result } of sampled) {
    outcomes[index] = result;
    yield result;
  }
  return { ...coverageByTier(outcomes, seed), outcomes, wallMs: now() - begun, seed, model: ports.policy.info };
}

async function draw(
  { config, seed }: CoverageRequest,
  scored: ScoredProblem,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<SampledProblem> {
  const { problem } = scored;
  const { strategy, sampling, budget } = config;
  const judge = new Judge(ports.runner, problem, scoreTests(decidingTests(scored)), newRunStats());
  const drawn = (count: number, temperature: number, ...part: readonly (string | number)[]) => {
    const purpose: Draw["purpose"] = strategy === "vanilla" ? "code" : "playout";
    const own = deriveSeed(seed, problem.id, ...part);
    const settings = { ...sampling, temperature };
    return judgedDraws({ purpose, problem, prefix: [], sampling: settings, count, seed: own }, judge, ports, signal);
  };
  const [greedy] = await drawn(1, 0, "greedy");
  const starts = Array.from({ length: Math.ceil(budget.numSimulations / BATCH) }, (_, i) => BATCH * i);
  const batches = starts.map((start) =>
    drawn(Math.min(BATCH, budget.numSimulations - start), sampling.temperature, "samples", start),
  );
  const draws = (await Promise.all(batches)).flat();
  return {
    id: problem.id,
    tier: problem.tier ?? null,
    greedy: greedy?.passes ?? false,
    samples: draws.length,
    passed: draws.filter(({ passes }) => passes).length,
    programs: new Set(draws.flatMap(({ code }) => code ?? [])).size,
    tokens: draws.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

/** The figures of all outcomes and of each tier among them. */
export function coverageByTier(
  outcomes: readonly SampledProblem[],
  seed: number,
): Pick<CoverageReport, "all" | "tiers"> {
  const tiers = TIERS.map((tier) => [tier, outcomes.filter((outcome) => outcome.tier === tier)] as const);
  const measured = tiers.filter(([, own]) => own.length > 0);
  return {
    all: coverageOf(outcomes, seed),
    tiers: Object.fromEntries(measured.map(([tier, own]) => [tier, coverageOf(own, seed)])),
  };
}

/**
 * The figures of some outcomes. A problem of several runs counts once, with the mean of them; of pass@k, those that drew as many
 * as k samples, up to the largest k that every problem has one for.
 */
function coverageOf(outcomes: readonly SampledProblem[], seed: number): Coverage {
  const runsOf = new Map<string, SampledProblem[]>();
  for (const outcome of outcomes) runsOf.set(outcome.id, [...(runsOf.get(outcome.id) ?? []), outcome]);
  const problems = [...runsOf.values()];
  const mostOf = (runs: readonly SampledProblem[]) => Math.max(...runs.map(({ samples }) => samples));
  const most = problems.length === 0 ? 0 : Math.min(...problems.map(mostOf));
  const mean = (
    figure: (outcome: SampledProblem) => number,
    atLeast: number,
    ...part: readonly (string | number)[]
  ) => {
    const groups = problems.map((all) => {
      const runs = all.filter(({ samples }) => samples >= atLeast);
      return { hits: runs.reduce((sum, run) => sum + figure(run), 0) / runs.length, total: 1 };
    });
    return bootstrapRatio(groups, deriveSeed("coverage", seed, ...part));
  };
  const ks: number[] = [];
  for (let k = 1; k <= most; k *= 2) ks.push(k);
  return {
    problems: problems.length,
    greedy:
      problems.length === outcomes.length
        ? passAt1(outcomes.map(({ greedy }) => greedy))
        : mean(({ greedy }) => Number(greedy), 0, "greedy"),
    passAtK: ks.map((k) => ({ k, ...mean(({ samples, passed }) => passAtK(samples, passed, k), k, k) })),
  };
}
