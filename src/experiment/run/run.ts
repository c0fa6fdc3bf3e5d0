import { isCeiling } from "../../core/config";
import { LabError, toErrorData } from "../../core/errors";
import type { TestCase } from "../../core/problem";
import { deriveSeed } from "../../core/rng";
import type { RunEvent, TimedEvent } from "../../core/run/events";
import { applyEvent, initialState } from "../../core/run/fold";
import { type RunState, stepsTo } from "../../core/run/tree";
import { createSearch, type Search } from "../../core/search/search";
import { STRATEGIES } from "../../core/search/strategies/registry";
import { createExactScorer } from "./exact-scorer";
import { asksScorer, problemFault, settingsFault, wantsTests } from "./requirements";
import { performRound, scorePaths, type Workers } from "./round";
import { promptedSince, Run, type RunRequest, waitFor } from "./run-in-progress";
import { countPrompts, type RunStats } from "./run-stats";
import { lookAgain } from "./second-look";
import { Judge, scoreTests, searchTests, usableTests } from "./tests";

/**
 * Does a run: generated tests first, then rounds of asking and telling, then, if the settings want it, a second look at the finalists, then,
 * and only then, the hidden tests. What a port throws
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
    if (end.ended?.reason === "error") return run.stats;
    const second = await lookAgain(run, end);
    yield* run.publish(second);
    yield* run.publish(await scoreAnswer(run, second.reduce(applyEvent, end)));
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
  const scorer = isCeiling(run.request.config) ? createExactScorer() : (ports.scorer ?? null);
  const workers = { ...ports, scorer, judge, problem, now: run.now, stats: run.stats };
  const watcher = new Watcher(run, workers);
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
      const before = { ...run.stats };
      const results = await performRound(work, workers, run.controller.signal);
      yield* run.publish(promptedSince(run.stats, before));
      for (const [id, result] of results) yield* run.publish(searching.tell(id, result));
      yield* run.publish(await watcher.look(searching.run));
    } catch (thrown) {
      yield* run.publish(stopAfter(searching, run, thrown));
    }
  }
  return searching.run;
}

/** Asks the step scorer about steps that the search does not ask about, where that is wanted. The search knows nothing of it. */
class Watcher {
  private seen = 1;
  private isBlind = false;

  constructor(
    private readonly run: Run,
    private readonly workers: Workers,
  ) {}

  /** Scores of the steps that have come since the last look. */
  async look({ nodes }: RunState): Promise<readonly RunEvent[]> {
    const { config, watch = false } = this.run.request;
    if (!watch || this.isBlind || this.workers.scorer === null || asksScorer(config)) return [];
    const fresh = Array.from({ length: nodes.length - this.seen }, (_, i) => this.seen + i);
    this.seen = nodes.length;
    const steps = fresh.filter((id) => nodes.get(id)?.deadEnd === undefined);
    if (steps.length === 0) return [];
    const before = { ...this.run.stats };
    const paths = steps.map((id) => stepsTo({ nodes }, id));
    const score = () => scorePaths(paths, this.workers, this.run.controller.signal);
    const values = await waitFor(this.run, "modelMs", score).catch(() => null);
    // The search needs none of this: what cannot be told does not end it.
    this.isBlind = values === null;
    if (values === null) return [];
    const scored = steps.map((id, index) => ({ type: "scored" as const, id, value: values[index] ?? Number.NaN }));
    return [...promptedSince(this.run.stats, before), ...scored.filter(({ value }) => !Number.isNaN(value))];
  }
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
