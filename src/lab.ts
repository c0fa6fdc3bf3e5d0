import type { SearchConfig, StrategyName } from "./core/config";
import type { GoldStep } from "./core/data/gold";
import { formatTree } from "./core/data/lines";
import { passingPaths } from "./core/data/reasoning";
import { type ErrorData, LabError, toErrorData } from "./core/errors";
import { formatModelRef, type ModelInfo } from "./core/model";
import type { Tier } from "./core/problem";
import type { TimedEvent } from "./core/run/events";
import { replay } from "./core/run/fold";
import type { RunState } from "./core/run/tree";
import type { TestVerdict } from "./core/verdict";
import type { CheckedReferences } from "./datasets/references";
import type { ComparisonOutcome } from "./experiment/compare/cells";
import { parseComparisonSpec } from "./experiment/compare/spec";
import type { CoverageReport } from "./experiment/evaluate/coverage";
import { type ProblemSet, problemsOf } from "./experiment/evaluate/evaluate";
import type { RunStats } from "./experiment/run/run-stats";
import { isSolved } from "./experiment/run/tests";
import { familyOf } from "./experiment/spec/model-family";
import { presetOfStrategy, specFromPreset, strategyConfig } from "./experiment/spec/presets";
import type { ProblemRef } from "./experiment/spec/problem-ref";
import { ProblemCatalog } from "./experiment/spec/problem-shelves";
import type { ExperimentSpec } from "./experiment/spec/spec";
import { type BreakEvenGiven, type BreakEvenReport, breakEven } from "./lab/break-even";
import { type ComparingPlace, compare, type GivenDataset } from "./lab/comparing";
import { type EvalReport, type EvaluatingWork, evaluatePolicy, evaluateStrategy, resultOf } from "./lab/evaluating";
import { type CheckRequest, check, type JudgeRequest, type JudgingPlace, judge } from "./lab/judging";
import { fromBase64, type ReinforcingWork, reinforceIn } from "./lab/reinforcing";
import { type EvalScorerReport, type EvalScorerRequest, evalScorer, type GoldRequest, goldSet } from "./lab/scorer";
import { type EvalTestsReport, type EvalTestsRequest, evalTests, type TestPairsRequest, testPairs } from "./lab/tests";
import type { EndpointSettings } from "./ports/endpoint";
import type { Preparation } from "./ports/experiment-runner";
import type { BackendChoice } from "./rpc/model";
import type { RunnerWorkers } from "./rpc/run-workers";
import { createCellExecutor, createExperimentRunner, type WorkerRunner } from "./rpc/runner";
import type { CollectWork } from "./rpc/search";
import { formatRunFile, newIdentity, runFile } from "./runs/run-file";
import type { JudgedCases } from "./sandbox/cases";
import { createFrameHost, serveRealmHost } from "./sandbox/frame/realm-host";
import type { ReinforceEnd } from "./selfplay/reinforce/loop";
import { IndexedCheckpointStore } from "./storage/checkpoints";
import { LabDatabase } from "./storage/database";
import { IndexedProblemStore } from "./storage/problems";
import type { TestPair } from "./training/data/test-pairs";
import { readModel } from "./training/model-file";

/** What `npm run lab` can ask of the headless page: the app without its interface. */
export interface Lab {
  /** `file` is the text of the finished run's file, as the app exports it. */
  solve(request: SolveRequest): Promise<{ readonly report: SolveReport; readonly file: string }>;
  /** Where a run's time went. `modelBusyMs` is measured inside the model's worker, the rest in the search's. */
  profile(request: SolveRequest): Promise<RunStats & { readonly modelBusyMs: number }>;
  eval(request: EvalRequest): Promise<EvalReport>;
  /** Greedy answer and pass@k of a policy: of `simulations` samples. */
  coverage(request: EvalRequest): Promise<CoverageReport>;
  evalTests(request: EvalTestsRequest & Pick<StrategyRequest, "backend">): Promise<EvalTestsReport>;
  testPairs(request: TestPairsRequest & Pick<StrategyRequest, "backend">): Promise<readonly TestPair[]>;
  /** Measures a step scorer on held-out trees. */
  evalScorer(request: EvalScorerRequest & ModelRequest): Promise<EvalScorerReport>;
  /** Finishes the paths of steps many times over. */
  goldSet(request: GoldRequest & ModelRequest): Promise<readonly GoldStep[]>;
  /** How good a value of steps must be before a search by it pays. */
  breakEven(request: BreakEvenGiven & ModelRequest): Promise<BreakEvenReport>;
  judge(request: JudgeRequest): Promise<JudgedCases>;
  /** Runs the references of problems on their own tests. */
  check(request: CheckRequest): Promise<CheckedReferences>;
  /** What is left of a comparison; the whole of it as `toJson` writes it. */
  compare(request: CompareRequest): Promise<string>;
  /** Tells each tree of a collection as a line, when it is there; returns what drew them. */
  collect(request: CollectingRequest): Promise<ModelInfo>;
  /** Tells each record of a run of reinforcement learning when it is there, parts in base64; returns how it ended. */
  reinforce(request: ReinforcingRequest): Promise<ReinforceEnd>;
  problems(request: ProblemsRequest): Promise<ProblemsReport>;
  /** Keeps checkpoints, given in base64, so that models can be named by their ids. */
  keep(files: readonly string[]): Promise<void>;
}

/** Which model, and what it runs on. */
interface ModelRequest {
  /** For `parseModelRef`. */
  readonly model: string;
  readonly backend: BackendChoice;
}

/** How a strategy is to be run. */
interface StrategyRequest {
  readonly strategy: StrategyName;
  /** Without it, the strategy's own number. */
  readonly simulations?: number;
  /** These two: off where they are not given. */
  readonly stopAtPass?: boolean;
  readonly withoutReplacement?: boolean;
  /** Without it, the strategy's own. */
  readonly temperature?: number;
  readonly seed: number;
  readonly backend: BackendChoice;
  /** For `parseModelRef`; without it, the tiny model. */
  readonly model?: string;
  /** How an endpoint is to be used, when the model lies behind one. */
  readonly endpoint?: EndpointSettings;
}

const TINY = formatModelRef({ engine: "tiny" });

const baseUrl = new URL("./", document.baseURI).href;
const catalog = new ProblemCatalog(new URL("puzzles/named.json", baseUrl).href);
const sandbox = createFrameHost();
const say = (line: string) => window.labProgress?.(line);

/** Says what a run waits for, once each. */
function sayPreparation(): (preparation: Preparation) => void {
  let last = "";
  return ({ message }) => {
    if (message !== last) say(message);
    last = message;
  };
}

function openSandbox(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  serveRealmHost(sandbox, port1);
  return port2;
}

function runnerFor({ backend, endpoint }: Pick<StrategyRequest, "backend" | "endpoint">): WorkerRunner {
  const relay = new URLSearchParams(location.search).get("relay");
  const settings = relay === null ? endpoint : { ...endpoint, relay: baseUrl + relay };
  const modelSettings = () => (settings ? { endpoint: settings } : {});
  return createExperimentRunner({ backend, baseUrl, openSandbox, modelSettings });
}

const runFailed = (message: string) => new LabError("internal/run-failed", message);

function configOf(request: StrategyRequest): SearchConfig {
  const { strategy, simulations, stopAtPass = false, withoutReplacement = false, model = TINY } = request;
  const { budget, sampling, ...config } = strategyConfig(strategy, simulations, familyOf(model));
  const { temperature = sampling.temperature } = request;
  const drawing = { ...sampling, temperature, withoutReplacement };
  return { ...config, budget: { ...budget, stopAtPass }, sampling: drawing };
}

/** One experiment. */
export interface SolveRequest extends StrategyRequest {
  readonly problem: ProblemRef;
}

/** What came of it. */
export interface SolveReport {
  /** The answer passes all hidden tests; for a problem without any, all visible ones. */
  readonly solved: boolean;
  readonly code: string | null;
  /** Sampled tokens. */
  readonly tokens: number;
  /** Without the time to start the workers and to load the model. */
  readonly wallMs: number;
  readonly simulations: number;
  readonly nodes: number;
  /** The answer's verdicts: visible, generated, hidden. */
  readonly tests: readonly TestVerdict[];
}

function specOf(request: SolveRequest): ExperimentSpec {
  const { problem, strategy, seed, model = TINY } = request;
  const spec = specFromPreset(presetOfStrategy(strategy, familyOf(model)), problem, seed, model);
  return { ...spec, config: configOf(request) };
}

async function solve(request: SolveRequest) {
  const runner = runnerFor(request);
  const spec = specOf(request);
  const log: TimedEvent[] = [];
  for await (const batch of runner.run(spec, sayPreparation()).events) log.push(...batch);
  runner.dispose();
  return { report: reportOf(log), file: formatRunFile(runFile(newIdentity(), spec, log)) };
}

function testsOf({ ended, nodes, hidden }: RunState): readonly TestVerdict[] {
  const seen = ended?.answer ? nodes.get(ended.answer.nodeId)?.verdicts : undefined;
  return [...(seen ?? []), ...(hidden?.verdicts ?? [])];
}

/** @throws LabError when the run ended with an error. */
function reportOf(log: readonly TimedEvent[]): SolveReport {
  const state = replay(log);
  if (state.ended?.reason === "error") throw runFailed(state.ended.message ?? "The run failed.");
  return {
    solved: isSolved(state),
    code: state.ended?.answer?.code ?? null,
    tokens: state.tokens.sampled,
    wallMs: log.at(-1)?.at ?? 0,
    simulations: state.simulations,
    nodes: state.nodes.length,
    tests: testsOf(state),
  };
}

async function profile(request: SolveRequest) {
  const runner = runnerFor(request);
  const { search, model } = await runner.warm(request.model ?? TINY, sayPreparation());
  const before = await model.busyMs();
  const stats = await resultOf(search.run(0, specOf(request)), () => {});
  const modelBusyMs = (await model.busyMs()) - before;
  runner.dispose();
  return { ...stats, modelBusyMs };
}

/** A strategy to measure. */
export interface EvalRequest extends StrategyRequest, ProblemSet {}

/** Has a request measured on its model. */
async function measured<T>(
  request: EvalRequest,
  measure: (search: RunnerWorkers["search"], work: EvaluatingWork, say: (line: string) => void) => Promise<T>,
): Promise<T> {
  const { split, tier, n, seed, model = TINY } = request;
  const runner = runnerFor(request);
  try {
    const { search } = await runner.warm(model, sayPreparation());
    return await measure(search, { problems: { split, tier, n }, config: configOf(request), seed }, say);
  } finally {
    runner.dispose();
  }
}

/** Has something done with a model, and nothing else. */
async function withModel<T>(
  { model, backend }: ModelRequest,
  use: (model: RunnerWorkers["model"]) => Promise<T>,
): Promise<T> {
  const runner = runnerFor({ backend });
  try {
    return await use((await runner.warm(model, sayPreparation())).model);
  } finally {
    runner.dispose();
  }
}

/** A comparison at an equal budget. */
export interface CompareRequest {
  /** For `parseComparisonSpec`. */
  readonly spec: unknown;
  /** The problems, when they are imported ones. */
  readonly dataset: GivenDataset | null;
  /** What is done of it, and is not to be done again; empty at the beginning. */
  readonly done: readonly ComparisonOutcome[];
  readonly backend: BackendChoice;
  readonly endpoint?: EndpointSettings;
}

async function compareAll({ spec, dataset, done, ...rest }: CompareRequest): Promise<string> {
  const runner = runnerFor(rest);
  const store = new IndexedProblemStore(new LabDatabase());
  const place: ComparingPlace = {
    executor: createCellExecutor(runner),
    store,
    onPreparation: sayPreparation(),
    say,
    keep: (outcome) => window.labOutcome?.(JSON.stringify(outcome)),
  };
  try {
    return await compare(place, parseComparisonSpec(spec), dataset, done);
  } finally {
    runner.dispose();
  }
}

/** Reasoning data to collect. */
export interface CollectingRequest extends CollectWork, ModelRequest {}

async function collect({ model, backend, ...work }: CollectingRequest): Promise<ModelInfo> {
  const runner = runnerFor({ backend });
  try {
    const { search, model: client } = await runner.warm(model, sayPreparation());
    let count = work.done.length;
    await resultOf(search.collect(0, work, sayPreparation()), (tree) => {
      window.labOutcome?.(formatTree(tree));
      const { id } = tree.problem;
      say(`${++count} of ${work.spec.problems}: ${id}, ${passingPaths(tree, work.spec.passes).length} paths pass`);
    });
    return client.info;
  } finally {
    runner.dispose();
  }
}

/** A policy that is to learn from paths of its own. */
export interface ReinforcingRequest extends ReinforcingWork, ModelRequest {}

async function reinforce({ model, ...work }: ReinforcingRequest): Promise<ReinforceEnd> {
  const runner = runnerFor(work);
  try {
    const { search } = await runner.warm(model, sayPreparation());
    return await reinforceIn(search, work, sayPreparation(), (record) => window.labOutcome?.(record));
  } finally {
    runner.dispose();
  }
}

/** Which problems to list. */
export interface ProblemsRequest {
  readonly set: "named" | "generated";
  readonly tier: Tier | "all";
  /** How many generated ones. */
  readonly n: number;
}

/** The problems there are. */
export interface ProblemsReport {
  readonly problems: readonly { readonly id: string; readonly title: string; readonly tier: Tier | null }[];
}

async function problems({ set, tier, n }: ProblemsRequest): Promise<ProblemsReport> {
  const named =
    set === "named" ? await catalog.named() : problemsOf({ split: "test", tier, n }).map((each) => each.problem);
  return {
    problems: named
      .filter((problem) => tier === "all" || problem.tier === tier)
      .map((problem) => ({ id: problem.id, title: problem.title, tier: problem.tier ?? null })),
  };
}

async function keep(files: readonly string[]): Promise<void> {
  const store = new IndexedCheckpointStore(new LabDatabase());
  for (const text of files) {
    const file = fromBase64(text);
    await store.put((await readModel(file)).record, file);
  }
}

const judgingPlace = (): JudgingPlace => ({ sandbox, baseUrl, onPreparation: sayPreparation(), say });

/** How a call ended. */
export type LabOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ErrorData };

declare global {
  interface Window {
    lab: Lab;
    /** Calls a method of `lab`; what it throws comes back as data, because it has to cross into another process. */
    callLab(method: keyof Lab, request: unknown): Promise<LabOutcome>;
    /** Given by whoever drives the page: takes a line of progress. */
    labProgress?(line: string): void;
    /** Given likewise: takes what is to be kept as soon as it is there: an outcome, a tree, a record of a run. JSON. */
    labOutcome?(outcome: string): void;
  }
}

window.lab = {
  solve,
  profile,
  eval: (request) => measured(request, evaluateStrategy),
  coverage: (request) => measured(request, evaluatePolicy),
  evalTests: ({ backend, ...request }) =>
    withModel({ model: TINY, backend }, (model) => evalTests(model, request, say)),
  testPairs: ({ backend, ...request }) =>
    withModel({ model: TINY, backend }, (model) => testPairs(model, request, say)),
  evalScorer: (request) => withModel(request, (model) => evalScorer(model, request, say)),
  breakEven: (request) => withModel(request, (model) => breakEven(model, judgingPlace(), request)),
  goldSet: (request) => withModel(request, (model) => goldSet(model, judgingPlace(), request)),
  judge: (request) => judge(judgingPlace(), request),
  check: (request) => check(judgingPlace(), request),
  compare: compareAll,
  collect,
  reinforce,
  problems,
  keep,
};
window.callLab = async (method, request) => {
  try {
    const call = window.lab[method] as (request: unknown) => Promise<unknown>;
    return { ok: true, value: await call(request) };
  } catch (thrown) {
    return { ok: false, error: toErrorData(thrown) };
  }
};
