import type { SearchConfig } from "../core/config";
import type { EndReason, ModelInfo } from "../core/events";
import { averageSamplingPassRate, type Proportion, passAt1, tokensPerSolved } from "../core/metrics";
import { tinyProtocol } from "../core/parse";
import type { ScoredProblem, Tier } from "../core/problem";
import { applyEvent, initialState } from "../core/replay";
import { deriveSeed } from "../core/rng";
import { STRATEGIES } from "../core/strategies/registry";
import type { RunState } from "../core/tree";
import { coalesce } from "./coalesce";
import { freshPassShare } from "./fresh-samples";
import { type RunPorts, runExperiment } from "./run";

/** Requests that are worth a batch: several problems go on at once until there are about so many. */
const BATCH = 16;

/** A strategy to measure. */
export interface EvaluationRequest {
  readonly problems: readonly ScoredProblem[];
  readonly config: SearchConfig;
  /** Each problem's run gets a seed derived from this and the problem's id. */
  readonly seed: number;
  readonly ports: RunPorts;
  /** Fresh samples of the last step per solved problem, for ASPR; 0 leaves ASPR out. */
  readonly freshSamples: number;
  readonly now: () => number;
  /** Stops the evaluation; what is finished is reported. */
  readonly signal?: AbortSignal;
  /** Problems under way at once; by default as many as fill a batch. */
  readonly concurrency?: number;
}

/** What came of one problem. */
export interface ProblemOutcome {
  readonly id: string;
  readonly tier: Tier | null;
  /** The answer passes all hidden tests. */
  readonly solved: boolean;
  readonly ended: EndReason;
  /** What went wrong, when `ended` is `error`. */
  readonly message: string | null;
  readonly code: string | null;
  /** Sampled tokens, those of generated tests included. */
  readonly tokens: number;
  readonly simulations: number;
  readonly nodes: number;
  readonly wallMs: number;
  /** Of fresh samples of the last step, the share that passes all hidden tests; null when it was not measured. */
  readonly freshPassShare: number | null;
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
export interface EvaluationProgress {
  readonly done: number;
  readonly total: number;
  readonly outcome: ProblemOutcome;
}

async function runToEnd(request: EvaluationRequest, scored: ScoredProblem, ports: RunPorts): Promise<RunState> {
  let state = initialState();
  const run = runExperiment({
    problem: scored.problem,
    config: request.config,
    seed: deriveSeed(request.seed, scored.problem.id) >>> 1,
    mode: "inference",
    ports,
    hiddenTests: () => Promise.resolve(scored.hiddenTests),
    now: request.now,
    ...(request.signal ? { signal: request.signal } : {}),
  });
  for await (const { event } of run) state = applyEvent(state, event);
  return state;
}

async function measure(request: EvaluationRequest, scored: ScoredProblem, ports: RunPorts): Promise<ProblemOutcome> {
  const begun = request.now();
  const state = await runToEnd(request, scored, ports);
  const wallMs = request.now() - begun;
  const solved = state.hidden?.solved ?? false;
  const wanted = solved && request.freshSamples > 0 && !request.signal?.aborted;
  const { config, freshSamples, seed } = request;
  const fresh = { scored, state, config, count: freshSamples, seed: deriveSeed(seed, scored.problem.id, "fresh") };
  return {
    id: scored.problem.id,
    tier: scored.problem.tier ?? null,
    solved,
    ended: state.ended?.reason ?? "stopped",
    message: state.ended?.message ?? null,
    code: state.ended?.answer?.code ?? null,
    tokens: state.tokens.sampled,
    simulations: state.simulations,
    nodes: state.nodes.length,
    wallMs,
    freshPassShare: wanted ? await freshPassShare(fresh, ports, tinyProtocol) : null,
  };
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

function defaultConcurrency(config: SearchConfig): number {
  const strategy = STRATEGIES[config.strategy];
  return Math.max(1, Math.floor(BATCH / Math.min(strategy.width(config), strategy.simulations(config))));
}

/**
 * Runs a strategy on many problems. Yields each problem as it is done; the report lists them in the order they were given.
 * Figures are a function of the seed, times excepted.
 * @throws LabError as `runExperiment`. A run that ended with an error counts as unsolved and says why.
 */
export async function* evaluate(request: EvaluationRequest): AsyncGenerator<EvaluationProgress, EvaluationReport> {
  const { problems, config } = request;
  const begun = request.now();
  const ports: RunPorts = { ...request.ports, policy: coalesce(request.ports.policy) };
  const outcomes: (ProblemOutcome | undefined)[] = problems.map(() => undefined);
  const underWay = new Map<number, Promise<number>>();
  const start = (index: number, scored: ScoredProblem): void => {
    const finished = measure(request, scored, ports).then((outcome) => {
      outcomes[index] = outcome;
      return index;
    });
    // When another problem's failure ends the evaluation first, nobody waits for this one any more.
    finished.catch(() => undefined);
    underWay.set(index, finished);
  };
  const queue = problems.entries();
  const concurrency = request.concurrency ?? defaultConcurrency(config);
  for (let done = 0; ; ) {
    while (underWay.size < concurrency && !request.signal?.aborted) {
      const next = queue.next();
      if (next.done) break;
      start(...next.value);
    }
    if (underWay.size === 0) break;
    const index = await Promise.race(underWay.values());
    underWay.delete(index);
    const outcome = outcomes[index];
    done++;
    if (outcome) yield { done, total: problems.length, outcome };
  }
  return report(
    request,
    outcomes.filter((outcome) => outcome !== undefined),
    request.now() - begun,
  );
}
