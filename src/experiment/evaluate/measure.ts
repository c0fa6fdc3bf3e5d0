import type { SearchConfig } from "../../core/config";
import { type LabError, toErrorData } from "../../core/errors";
import type { ScoredProblem, Tier } from "../../core/problem";
import { deriveSeed } from "../../core/rng";
import type { EndReason, TimedEvent } from "../../core/run/events";
import { applyEvent, initialState } from "../../core/run/fold";
import { nodeAt, type RunState, stepsTo } from "../../core/run/tree";
import { type Draw, drawRequest, readDraw } from "../../core/search/draw";
import { passesGiven } from "../../core/search/reward";
import { problemFault, protocolOf, type RunPorts } from "../run/requirements";
import { runExperiment } from "../run/run";
import { newRunStats } from "../run/run-stats";
import { decidingTests, isSolved, Judge, scoreTests } from "../run/tests";

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
  /** Of those that were not in a cache, the step scorer's; absent where there was none, and in old comparisons. */
  readonly scorerTokens?: number;
  readonly simulations: number;
  readonly nodes: number;
  readonly wallMs: number;
  /** Of fresh samples of the last step, the share that passes all hidden tests; null when it was not measured. */
  readonly freshPassShare: number | null;
  /** Null when no program passed the given tests; absent where it was not noted (old comparisons). */
  readonly firstPass?: FirstPass | null;
}

/** The first program of a run that passed all given tests: what it would have answered with, had its budget ended there. */
export interface FirstPass {
  /** Sampled up to then, those of generated tests and of what was drawn beside it included. */
  readonly tokens: number;
  /** Milliseconds since the run's start. */
  readonly ms: number;
  /** It passes all hidden tests; of a problem without any, that is all that was asked. */
  readonly solved: boolean;
}

/** How problems are measured. */
export interface MeasureRequest {
  readonly config: SearchConfig;
  /** Each problem's run gets a seed derived from this and the problem's id. */
  readonly seed: number;
  /** Fresh samples of the last step per solved problem, for ASPR; 0 leaves ASPR out. */
  readonly freshSamples: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Stops what is under way. */
  readonly signal?: AbortSignal;
  /** Hands out each problem's log with its outcome. */
  readonly keepLogs?: boolean;
}

/** A problem that is done. */
export interface Measured {
  readonly outcome: ProblemOutcome;
  /** The run's whole log, when `keepLogs` asks for it; empty when the run could not begin. */
  readonly log?: readonly TimedEvent[];
}

/**
 * Runs a strategy on one problem and, when it is solved, draws its last step again. A problem that cannot be run counts as failed
 * and says why.
 */
export async function measure(request: MeasureRequest, scored: ScoredProblem, ports: RunPorts): Promise<Measured> {
  const { config, freshSamples, seed, keepLogs = false } = request;
  const fault = problemFault(scored.problem, config, ports.policy.info, "inference");
  if (fault !== null) {
    const outcome = outcomeOf(scored, initialState(), 0, fault);
    return keepLogs ? { outcome, log: [] } : { outcome };
  }
  const begun = request.now();
  const { state, log, pass } = await runToEnd(request, scored, ports);
  const wallMs = request.now() - begun;
  const firstPass = pass === null ? null : await scoredPass(pass, scored, state, ports);
  const outcome = { ...outcomeOf(scored, state, wallMs, null), firstPass };
  const fresh = { scored, state, config, count: freshSamples, seed: deriveSeed(seed, scored.problem.id, "fresh") };
  const wanted = outcome.solved && freshSamples > 0;
  const complete = wanted ? await withFreshShare(outcome, fresh, ports, request.signal) : outcome;
  return keepLogs ? { outcome: complete, log } : { outcome: complete };
}

async function runToEnd(
  request: MeasureRequest,
  scored: ScoredProblem,
  ports: RunPorts,
): Promise<{ readonly state: RunState; readonly log: readonly TimedEvent[]; readonly pass: Pass | null }> {
  let state = initialState();
  let pass: Pass | null = null;
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
    pass ??= passAt(state, entry);
  }
  return { state, log, pass };
}

/** A program that passed the given tests, and when. */
interface Pass extends Omit<FirstPass, "solved"> {
  readonly code: string;
}

/** The pass that an event, after which the run is in `state`, tells of. */
function passAt(state: RunState, { at, event }: TimedEvent): Pass | null {
  if (event.type !== "evaluated" || !passesGiven(event.verdicts)) return null;
  return { code: nodeAt(state, event.id).step?.text ?? "", tokens: state.tokens.sampled, ms: at };
}

/** Judges the first program that passed on the hidden tests, after the run; the answer has been judged on them already. */
async function scoredPass(
  { code, tokens, ms }: Pass,
  scored: ScoredProblem,
  state: RunState,
  { runner }: RunPorts,
): Promise<FirstPass> {
  if (code === state.ended?.answer?.code) return { tokens, ms, solved: isSolved(state) };
  const judge = new Judge(runner, scored.problem, scoreTests(scored.hiddenTests), newRunStats());
  const verdicts = await judge.judge(code, new AbortController().signal);
  return { tokens, ms, solved: verdicts.every(({ verdict }) => verdict === "passed") };
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
    ...(state.tokens.scorer > 0 ? { scorerTokens: state.tokens.scorer } : {}),
    simulations: state.simulations,
    nodes: state.nodes.length,
    wallMs,
    freshPassShare: null,
  };
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
    return { ...outcome, freshPassShare: await freshPassShare(fresh, ports, signal) };
  } catch (thrown) {
    if (signal.aborted) return { ...outcome, ended: "stopped" };
    // Half measured is not measured: it can be tried again, and the other problems go on.
    return { ...outcome, solved: false, ended: "error", message: toErrorData(thrown).message };
  }
}

/** A solved run whose last step is to be drawn again. */
interface FreshRequest {
  readonly scored: ScoredProblem;
  readonly state: RunState;
  readonly config: SearchConfig;
  /** At least 1. */
  readonly count: number;
  readonly seed: number;
}

/**
 * Draws the last step, the program, again from the prefix of the answer's path (code at once: from the bare problem) and returns
 * the share, in [0, 1], that passes the tests which decide: one problem's part of ASPR (O1-CODER, Table 1).
 * @throws what the ports throw; the signal's reason.
 */
async function freshPassShare(request: FreshRequest, ports: RunPorts, signal: AbortSignal): Promise<number> {
  const { scored, state, config, count, seed } = request;
  const prefix = stepsTo(state, state.ended?.answer?.nodeId ?? 0).slice(0, -1);
  const { problem } = scored;
  const purpose = prefix.length === 0 ? "code" : "program";
  const judge = new Judge(ports.runner, problem, scoreTests(decidingTests(scored)), newRunStats());
  const draws = await judgedDraws(
    { purpose, problem, prefix, sampling: config.sampling, count, seed },
    judge,
    ports,
    signal,
  );
  return draws.filter(({ passes }) => passes).length / count;
}

/** A completion that was to end in a program. */
export interface JudgedDraw {
  /** Null when it did not. */
  readonly code: string | null;
  /** It passes all tests. */
  readonly passes: boolean;
  readonly tokens: number;
}

/**
 * Draws from a policy and judges the programs that come of it.
 * @throws what the ports throw; the signal's reason.
 */
export async function judgedDraws(
  draw: Draw,
  judge: Judge,
  { policy }: Pick<RunPorts, "policy">,
  signal: AbortSignal,
): Promise<readonly JudgedDraw[]> {
  const protocol = protocolOf(policy.info);
  const [result] = await policy.sample([drawRequest(protocol, draw)], signal);
  return Promise.all(
    (result?.completions ?? []).map(async (completion) => {
      const { tokens } = completion;
      const last = readDraw(protocol, draw, completion).at(-1);
      if (last?.deadEnd !== undefined || last?.step.kind !== "code") return { code: null, passes: false, tokens };
      const verdicts = await judge.judge(last.step.text, signal);
      return { code: last.step.text, passes: verdicts.every(({ verdict }) => verdict === "passed"), tokens };
    }),
  );
}
