import type { SearchConfig } from "../../core/config";
import { LabError, toErrorData } from "../../core/errors";
import type { Problem, TestCase } from "../../core/problem";
import type { StepProtocol } from "../../core/protocol/protocol";
import { deriveSeed } from "../../core/rng";
import type { RunEvent, RunMode, TimedEvent } from "../../core/run/events";
import { applyEvent, initialState } from "../../core/run/fold";
import type { RunState } from "../../core/run/tree";
import { createSearch, type Search } from "../../core/search/search";
import { STRATEGIES } from "../../core/search/strategies/registry";
import type { JudgeWork, SampleWork, ScoreWork, Work, WorkResult } from "../../core/search/work";
import type { PolicyModel } from "../../ports/policy-model";
import type { StepScorer } from "../../ports/step-scorer";
import { PauseGate } from "./pause-gate";
import { problemFault, protocolOf, type RunPorts, settingsFault, wantsTests } from "./requirements";
import { countPrompts, newRunStats, type RunStats } from "./run-stats";
import { Judge, scoreTests, searchTests, usableTests } from "./tests";

/** A run to do. */
export interface RunRequest {
  readonly problem: Problem;
  readonly config: SearchConfig;
  readonly seed: number;
  readonly mode: RunMode;
  readonly ports: RunPorts;
  /**
   * The leak guard: in inference this is called only after the `ended` event has been read, and what it gives decides the
   * score and nothing else. In data synthesis it is called before the search, which uses these tests.
   */
  readonly hiddenTests: () => Promise<readonly TestCase[]>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Ends the run soon, with its best answer so far. */
  readonly signal?: AbortSignal;
  readonly gate?: PauseGate;
  /** By default the one the model's info names. */
  readonly protocol?: StepProtocol;
  /** Filled in as the run goes on. */
  readonly stats?: RunStats;
}

/**
 * Does a run: generated tests first, then rounds of asking and telling, then, and only then, the hidden tests. What a port throws
 * ends the run with reason `error` and its message; the events up to then stay valid, and such a run is not scored.
 * @throws LabError `input/*` before the first event when the settings cannot be met, `sandbox/*` after `ended` when the answer
 * cannot be scored.
 */
export async function* runExperiment(request: RunRequest): AsyncGenerator<TimedEvent, RunStats> {
  checkRequest(request);
  const run = new Run(request);
  try {
    const { problem, config, seed, mode, ports } = request;
    const started: RunEvent = { type: "started", problem, config, seed, mode, model: ports.policy.info };
    let state = applyEvent(initialState(), started);
    yield* run.publish([started]);
    let own: readonly TestCase[] = [];
    try {
      if (mode === "synthesis") own = await request.hiddenTests();
      const generated = await generateTests(run);
      state = generated.reduce(applyEvent, state);
      yield* run.publish(generated);
    } catch (thrown) {
      yield* run.publish(
        stopAfter(createSearch(state, run.protocol, STRATEGIES[run.request.config.strategy]), run, thrown),
      );
      return run.stats;
    }
    const end = yield* search(run, state, own);
    if (end.ended?.reason !== "error") yield* run.publish(await scoreAnswer(run, end));
    return run.stats;
  } finally {
    run.close();
  }
}

/** @throws LabError `input/*` when the run cannot be begun. */
function checkRequest({ config, ports, problem, mode }: RunRequest): void {
  const fault = settingsFault(config, ports) ?? problemFault(problem, config, ports.policy.info, mode);
  if (fault !== null) throw fault;
}

/** One run in progress: the clock without its pauses, the state, and what stops it. */
class Run {
  readonly protocol: StepProtocol;
  readonly stats: RunStats;
  readonly gate: PauseGate;
  readonly controller = new AbortController();
  readonly now: () => number;
  private readonly begun: number;
  private readonly forward = () => this.controller.abort();

  constructor(readonly request: RunRequest) {
    this.protocol = request.protocol ?? protocolOf(request.ports.policy.info);
    this.stats = request.stats ?? newRunStats();
    this.gate = request.gate ?? new PauseGate();
    this.now = request.now;
    this.begun = this.now();
    if (request.signal?.aborted) this.controller.abort();
    request.signal?.addEventListener("abort", this.forward);
  }

  get stopped(): boolean {
    return this.controller.signal.aborted;
  }

  /** Milliseconds since the start, pauses not counted. */
  elapsed(): number {
    return this.now() - this.begun - this.stats.pausedMs;
  }

  get outOfTime(): boolean {
    const { maxSeconds } = this.request.config.budget;
    return maxSeconds !== null && this.elapsed() >= maxSeconds * 1000;
  }

  async passGate(): Promise<void> {
    if (!this.gate.paused) return;
    const arrived = this.now();
    await this.gate.passed(this.controller.signal);
    this.stats.pausedMs += this.now() - arrived;
  }

  /** Hands events to the reader, stamped; the reader's time is kept apart. */
  async *publish(events: readonly RunEvent[]): AsyncGenerator<TimedEvent> {
    for (const event of events) {
      const at = this.elapsed();
      const given = this.now();
      yield { at, event };
      this.stats.consumerMs += this.now() - given;
    }
  }

  close(): void {
    this.request.signal?.removeEventListener("abort", this.forward);
    this.controller.abort();
    this.stats.totalMs = this.now() - this.begun;
  }
}

async function generateTests(run: Run): Promise<readonly RunEvent[]> {
  const { config, ports, problem, seed } = run.request;
  const { testGenerator } = ports;
  if (!testGenerator || !wantsTests(config)) return [];
  const { tests, tokens, prompts } = await waitFor(run, "modelMs", () =>
    testGenerator.generate(problem, config.numGeneratedTests, deriveSeed(seed, "tests"), run.controller.signal),
  );
  if (prompts) countPrompts(run.stats, prompts);
  const generated: RunEvent = { type: "testsGenerated", tests: usableTests(problem, tests), tokens };
  return prompts ? [{ type: "prompted", ...prompts }, generated] : [generated];
}

/** Asks and tells until the search has ended. */
async function* search(run: Run, state: RunState, own: readonly TestCase[]): AsyncGenerator<TimedEvent, RunState> {
  const { problem, ports } = run.request;
  const searching = createSearch(state, run.protocol, STRATEGIES[run.request.config.strategy]);
  const judge = new Judge(ports.runner, problem, searchTests(problem, state.generatedTests, own), run.stats);
  const workers = { ...ports, scorer: ports.scorer ?? null, judge, problem, now: run.now, stats: run.stats };
  while (!searching.ended) {
    await run.passGate();
    if (run.stopped || run.outOfTime) {
      yield* run.publish(searching.stop(run.stopped ? "stopped" : "budget"));
      break;
    }
    try {
      const { work, events } = searching.ask();
      yield* run.publish(events);
      if (searching.ended) break;
      if (work.length === 0) throw new LabError("internal/stuck", "The search waits for nothing.");
      const { promptTokens, prefilledTokens } = run.stats;
      const results = await performRound(work, workers, run.controller.signal);
      yield* run.publish(promptedSince(run.stats, promptTokens, prefilledTokens));
      for (const [id, result] of results) yield* run.publish(searching.tell(id, result));
    } catch (thrown) {
      yield* run.publish(stopAfter(searching, run, thrown));
    }
  }
  return searching.run;
}

/** What a round's prompts came to, as one event; none when the round had no prompt. */
function promptedSince(stats: RunStats, promptTokens: number, prefilledTokens: number): readonly RunEvent[] {
  const prompted = stats.promptTokens - promptTokens;
  if (prompted === 0) return [];
  return [{ type: "prompted", promptTokens: prompted, prefilledTokens: stats.prefilledTokens - prefilledTokens }];
}

/** Whoever does a run's work. */
interface Workers {
  readonly policy: PolicyModel;
  readonly scorer: StepScorer | null;
  readonly judge: Judge;
  readonly problem: Problem;
  readonly now: () => number;
  readonly stats: RunStats;
}

type Results = readonly (readonly [id: number, result: WorkResult])[];

/** Does all work of one round at once; the results are in the order of the work, so that telling them is deterministic. */
async function performRound(work: readonly Work[], workers: Workers, signal: AbortSignal): Promise<Results> {
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
    work.map(({ request }) => request),
    signal,
  );
  return work.map(({ id }, index) => {
    const result = results[index];
    if (!result)
      throw new LabError("model/bad-answer", "The model left a request unanswered.", "Choose another model.");
    countPrompts(stats, result);
    return [id, { kind: "sample", completions: result.completions }];
  });
}

async function scoreAll(
  work: readonly ScoreWork[],
  { scorer, problem, stats }: Workers,
  signal: AbortSignal,
): Promise<Results> {
  if (work.length === 0) return [];
  const paths = work.map(({ steps }) => steps);
  const { values = [], prompts } = (await scorer?.score(problem, paths, signal)) ?? {};
  if (prompts) countPrompts(stats, prompts);
  return work.map(({ id }, index) => [id, { kind: "score", value: values[index] ?? Number.NaN }]);
}

async function judgeAll(work: readonly JudgeWork[], { judge }: Workers, signal: AbortSignal): Promise<Results> {
  return Promise.all(
    work.map(async ({ id, code }) => [id, { kind: "judge", verdicts: await judge.judge(code, signal) }] as const),
  );
}

/** The score: the answer on the hidden tests. No answer is no solution; without hidden tests there is no score. */
async function scoreAnswer(run: Run, { ended }: RunState): Promise<readonly RunEvent[]> {
  const hidden = await run.request.hiddenTests();
  if (hidden.length === 0 || !ended) return [];
  if (!ended.answer) return [{ type: "hiddenJudged", solved: false, tests: hidden, verdicts: [] }];
  const { problem, ports } = run.request;
  const judge = new Judge(ports.runner, problem, scoreTests(hidden), run.stats);
  const { code } = ended.answer;
  const verdicts = await waitFor(run, "judgeMs", () => judge.judge(code, new AbortController().signal));
  const solved = verdicts.every(({ verdict }) => verdict === "passed");
  return [{ type: "hiddenJudged", solved, tests: hidden, verdicts }];
}

/** What a port threw, as the end of the run: a stop when it was asked for, else an error. */
function stopAfter(search: Search, run: Run, thrown: unknown): readonly RunEvent[] {
  if (run.stopped) return search.stop("stopped");
  const { message, hint } = toErrorData(thrown);
  return search.stop("error", hint === "" ? message : `${message} ${hint}`);
}

function waitFor<T>(run: Run, key: "modelMs" | "judgeMs", action: () => Promise<T>): Promise<T> {
  return timed("waitMs", run, () => timed(key, run, action));
}

/** Does something and adds the time it takes to one of the stats. */
async function timed<T>(
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
