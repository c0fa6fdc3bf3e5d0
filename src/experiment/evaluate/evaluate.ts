import type { SearchConfig } from "../../core/config";
import { type Batching, capacityOf, type ModelInfo } from "../../core/model";
import { type ScoredProblem, TIERS, type Tier } from "../../core/problem";
import { STRATEGIES } from "../../core/search/strategies/registry";
import { averageSamplingPassRate, type Proportion, passAt1, tokensPerSolved } from "../../core/stats";
import type { PolicyModel, SampleRequest, SampleResult } from "../../ports/policy-model";
import { generatePuzzle } from "../../puzzles/generator";
import { type RunPorts, settingsFault } from "../run/requirements";
import { type Measured, type MeasureRequest, measure, type ProblemOutcome } from "./measure";

/** What is made of a model that does not say what it can do with requests at once. */
const BATCHES: Batching = { kind: "batch", size: 16 };

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

interface Call {
  readonly requests: readonly SampleRequest[];
  readonly resolve: (results: readonly SampleResult[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Joins the calls of runs that go on at the same time into common batches: what is asked while a batch is being drawn waits and goes
 * together. By the port's contract a request gets the same completions whatever else is in its batch. Signals are not
 * passed on, because a batch belongs to several runs.
 */
function coalesce(policy: PolicyModel): PolicyModel {
  let waiting: Call[] = [];
  let drawing = false;

  const drawBatch = async (): Promise<void> => {
    const calls = waiting;
    waiting = [];
    try {
      const results = await policy.sample(calls.flatMap(({ requests }) => requests));
      let from = 0;
      for (const { requests, resolve } of calls) {
        resolve(results.slice(from, from + requests.length));
        from += requests.length;
      }
    } catch (thrown) {
      for (const { reject } of calls) reject(thrown);
    }
  };

  const drawAll = async (): Promise<void> => {
    drawing = true;
    // A task later every run that can go on has asked.
    await new Promise((resolve) => setTimeout(resolve, 0));
    while (waiting.length > 0) {
      await drawBatch();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    drawing = false;
  };

  return {
    info: policy.info,
    sample: (requests) =>
      new Promise((resolve, reject) => {
        waiting.push({ requests, resolve, reject });
        if (!drawing) void drawAll();
      }),
  };
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
