import type { SearchConfig } from "../../core/config";
import { type LabError, toErrorData } from "../../core/errors";
import { type Batching, capacityOf, type ModelInfo } from "../../core/model";
import type { ScoredProblem, Tier } from "../../core/problem";
import { deriveSeed } from "../../core/rng";
import type { EndReason, TimedEvent } from "../../core/run/events";
import { applyEvent, initialState } from "../../core/run/fold";
import type { RunState } from "../../core/run/tree";
import { STRATEGIES } from "../../core/search/strategies/registry";
import { averageSamplingPassRate, type Proportion, passAt1, tokensPerSolved } from "../../core/stats";
import type { PolicyModel } from "../../ports/policy-model";
import { protocolOf } from "../run/protocol-of";
import { type RunPorts, runExperiment } from "../run/run";
import { problemFault, settingsFault } from "../run/run-fault";
import { coalesce } from "./coalesce";
import { type FreshRequest, freshPassShare } from "./fresh-samples";
import { isSolved } from "./solved";

/** What is made of a model that does not say what it can do with requests at once. */
const BATCHES: Batching = { kind: "batch", size: 16 };

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
  /** Problems under way at once; by default as many as keep the model busy. */
  readonly concurrency?: number;
  /** Hands out each problem's log with its outcome. */
  readonly keepLogs?: boolean;
}

/** What came of one problem. */
export interface ProblemOutcome {
  readonly id: string;
  readonly tier: Tier | null;
  /** The answer passes all hidden tests; of a problem without any, all visible ones. */
  readonly solved: boolean;
  readonly ended: EndReason;
  /** What went wrong, when `ended` is `error`. */
  readonly message: string | null;
  readonly code: string | null;
  /** Sampled tokens, those of generated tests included. */
  readonly tokens: number;
  /**
   * Tokens of all prompts, those for generated tests and for the step scorer included, and how many of them were not in a
   * cache already.
   */
  readonly promptTokens: number;
  readonly prefilledTokens: number;
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
  /** The run's whole log, when `keepLogs` asks for it; empty when the run could not begin. */
  readonly log?: readonly TimedEvent[];
}

/** A problem's outcome and, when it was asked for, its log. */
type Measured = Omit<EvaluationProgress, "done" | "total">;

async function runToEnd(
  request: EvaluationRequest,
  scored: ScoredProblem,
  ports: RunPorts,
): Promise<{ readonly state: RunState; readonly log: readonly TimedEvent[] }> {
  let state = initialState();
  const log: TimedEvent[] = [];
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
  for await (const entry of run) {
    state = applyEvent(state, entry.event);
    if (request.keepLogs) log.push(entry);
  }
  return { state, log };
}

/** What a run came to. A state without an end is one of a run that could not begin, for which `fault` says why. */
function outcomeOf(
  { problem }: ScoredProblem,
  state: RunState,
  wallMs: number,
  fault: LabError | null,
): ProblemOutcome {
  return {
    id: problem.id,
    tier: problem.tier ?? null,
    solved: isSolved(state),
    ended: state.ended?.reason ?? (fault === null ? "stopped" : "error"),
    message: state.ended?.message ?? fault?.message ?? null,
    code: state.ended?.answer?.code ?? null,
    tokens: state.tokens.sampled,
    promptTokens: state.tokens.prompt,
    prefilledTokens: state.tokens.prefilled,
    simulations: state.simulations,
    nodes: state.nodes.length,
    wallMs,
    freshPassShare: null,
  };
}

async function measure(request: EvaluationRequest, scored: ScoredProblem, ports: RunPorts): Promise<Measured> {
  const { config, freshSamples, seed, keepLogs = false } = request;
  const fault = problemFault(scored.problem, config, ports.policy.info, "inference");
  if (fault !== null) {
    const outcome = outcomeOf(scored, initialState(), 0, fault);
    return keepLogs ? { outcome, log: [] } : { outcome };
  }
  const begun = request.now();
  const { state, log } = await runToEnd(request, scored, ports);
  const outcome = outcomeOf(scored, state, request.now() - begun, null);
  const fresh = { scored, state, config, count: freshSamples, seed: deriveSeed(seed, scored.problem.id, "fresh") };
  const wanted = outcome.solved && freshSamples > 0;
  const complete = wanted ? await withFreshShare(outcome, fresh, ports, request.signal) : outcome;
  return keepLogs ? { outcome: complete, log } : { outcome: complete };
}

/** A solved problem's outcome with its part of ASPR. When it is stopped before that is known, the problem counts as stopped. */
async function withFreshShare(
  outcome: ProblemOutcome,
  fresh: FreshRequest,
  ports: RunPorts,
  signal: AbortSignal = new AbortController().signal,
): Promise<ProblemOutcome> {
  try {
    signal.throwIfAborted();
    return { ...outcome, freshPassShare: await freshPassShare(fresh, ports, protocolOf(ports.policy.info), signal) };
  } catch (thrown) {
    if (signal.aborted) return { ...outcome, ended: "stopped" };
    // Half measured is not measured: it can be tried again, and the other problems go on.
    return { ...outcome, solved: false, ended: "error", message: toErrorData(thrown).message };
  }
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
 * Problems that together ask for as much at once as the model can make use of; one after the other when one alone does.
 */
function defaultConcurrency(config: SearchConfig, { batching = BATCHES }: ModelInfo): number {
  const strategy = STRATEGIES[config.strategy];
  return Math.max(1, Math.floor(capacityOf(batching) / Math.min(strategy.width(config), strategy.simulations(config))));
}

/** A model that computes in batches gets the requests of all problems joined; any other looks after them itself. */
function jointly(policy: PolicyModel): PolicyModel {
  const { kind } = policy.info.batching ?? BATCHES;
  return kind === "batch" ? coalesce(policy) : policy;
}

async function* measureAll(request: EvaluationRequest): AsyncGenerator<EvaluationProgress, EvaluationReport> {
  const { problems, config } = request;
  const begun = request.now();
  const ports: RunPorts = { ...request.ports, policy: jointly(request.ports.policy) };
  const measured: (Measured | undefined)[] = problems.map(() => undefined);
  const underWay = new Map<number, Promise<number>>();
  const start = (index: number, scored: ScoredProblem): void => {
    const finished = measure(request, scored, ports).then((result) => {
      measured[index] = result;
      return index;
    });
    // When another problem's failure ends the evaluation first, nobody waits for this one any more.
    finished.catch(() => undefined);
    underWay.set(index, finished);
  };
  const queue = problems.entries();
  const concurrency = request.concurrency ?? defaultConcurrency(config, ports.policy.info);
  for (let done = 0; ; ) {
    while (underWay.size < concurrency && !request.signal?.aborted) {
      const next = queue.next();
      if (next.done) break;
      start(...next.value);
    }
    if (underWay.size === 0) break;
    const index = await Promise.race(underWay.values());
    underWay.delete(index);
    const result = measured[index];
    if (result) {
      measured[index] = { outcome: result.outcome };
      yield { done: ++done, total: problems.length, ...result };
    }
  }
  return report(
    request,
    measured.flatMap((result) => (result ? [result.outcome] : [])),
    request.now() - begun,
  );
}

/**
 * Runs a strategy on many problems. Yields each problem as it is done; the report lists them in the order they were
 * given. Figures are a function of the seed, times excepted.
 * @throws LabError as `runExperiment`, when the settings cannot be met. A problem that cannot be run and a run that
 * ended with an error count as unsolved and say why; the rest goes on. Whoever stops reading stops the runs under way.
 */
export async function* evaluate(request: EvaluationRequest): AsyncGenerator<EvaluationProgress, EvaluationReport> {
  const fault = settingsFault(request.config, request.ports);
  if (fault !== null) throw fault;
  const stop = new AbortController();
  const forward = () => stop.abort();
  if (request.signal?.aborted) stop.abort();
  request.signal?.addEventListener("abort", forward);
  try {
    return yield* measureAll({ ...request, signal: stop.signal });
  } finally {
    request.signal?.removeEventListener("abort", forward);
    stop.abort();
  }
}
