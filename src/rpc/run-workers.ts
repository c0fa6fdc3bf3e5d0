import type { ReasoningTree } from "../core/data/reasoning";
import type { LabError } from "../core/errors";
import { parseModelRef } from "../core/model";
import type { TimedEvent } from "../core/run/events";
import type { CellProgress, CellWork } from "../experiment/compare/cells";
import type { CoverageReport, SampledProblem } from "../experiment/evaluate/coverage";
import type { EvaluationProgress, EvaluationReport } from "../experiment/evaluate/evaluate";
import type { RunStats } from "../experiment/run/run-stats";
import type { ExperimentSpec } from "../experiment/spec/spec";
import type { Preparation } from "../ports/experiment-runner";
import type { ReinforceEnd, ReinforceRecord } from "../selfplay/reinforce/loop";
import { MODEL_NAME, type Model, type ModelService, type ModelWorkerOptions, modelOver } from "./model";
import type {
  CollectWork,
  CoverageSpec,
  EvaluationSpec,
  ReinforceWork,
  SearchInit,
  SearchService,
  Told,
} from "./search";
import { receiveStream } from "./stream";
import { spawn } from "./worker";

/** The workers behind a runner. */
export interface RunnerWorkers {
  readonly model: ModelClient;
  readonly search: SearchClient;
}

/** What both workers are started with. */
export interface RunnerWorkersOptions extends ModelWorkerOptions {
  /** A port through which a worker opens sandboxes: only a window can have frames. */
  readonly openSandbox: () => MessagePort;
}

/**
 * Both workers, tied together: when one is gone, so is the other, because the ports between them stay silent for ever.
 */
export async function startWorkers(
  { openSandbox, ...options }: RunnerWorkersOptions,
  onPreparation: (preparation: Preparation) => void,
  signal: AbortSignal,
): Promise<RunnerWorkers> {
  const model = await createModelClient(options, onPreparation, signal);
  try {
    const gone = new AbortController();
    void model.closed.then((reason: LabError) => gone.abort(reason));
    const init = { baseUrl: options.baseUrl, model: await model.openPort(), sandbox: openSandbox() };
    const search = await createSearchClient(init, AbortSignal.any([signal, gone.signal]));
    void model.closed.then((reason: LabError) => search.dispose(reason));
    void search.closed.then(() => model.dispose());
    signal.throwIfAborted();
    return { model, search };
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

/** A model that lives in its own worker. */
export interface ModelClient extends Model {
  /** A port through which another worker reaches the model: see `modelOverPort`. */
  openPort(): Promise<MessagePort>;
  /** Wall milliseconds during which the worker had answers under way. */
  busyMs(): Promise<number>;
  /** Resolves with the reason when the worker is gone. */
  readonly closed: Promise<LabError>;
  dispose(): void;
}

/**
 * A large model's kernels compile for minutes on a slow machine, without a word; who does not want to wait can stop the
 * run.
 */
const LONG_START_MS = 300_000;

/**
 * Starts the model worker and loads the model.
 * @param signal ends the worker while it still loads, in the middle of a download too.
 * @throws LabError `model/*` when the model does not load or cannot be used; `rpc/*` when the worker does not start;
 * the signal's reason.
 */
export async function createModelClient(
  options: ModelWorkerOptions,
  onPreparation?: (preparation: Preparation) => void,
  signal?: AbortSignal,
): Promise<ModelClient> {
  const createWorker = () =>
    new Worker(new URL("../../workers/model.worker.ts", import.meta.url), { type: "module", name: "model" });
  const { connection, dispose } = await spawn<ModelService>(createWorker, {
    name: MODEL_NAME,
    init: options,
    onPreparation,
    signal,
    ...(parseModelRef(options.model).engine === "tiny" ? {} : { readyTimeoutMs: LONG_START_MS }),
  });
  return Object.assign(await modelOver(connection), {
    async openPort() {
      const { port1, port2 } = new MessageChannel();
      await connection.call("connect", [port2], { transfer: [port2] });
      return port1;
    },
    busyMs: () => connection.call("busyMs", []),
    closed: connection.closed,
    dispose,
  });
}

type Listener = (preparation: Preparation) => void;

/** The search in its own worker. */
export interface SearchClient {
  /**
   * Starts a run: what it needs besides the model is got ready, which is told, then its log arrives in batches, and at the
   * end where its time went. `id` must be new.
   */
  run(id: number, spec: ExperimentSpec, onPreparation?: Listener): AsyncGenerator<readonly TimedEvent[], RunStats>;
  pause(id: number): void;
  resume(id: number): void;
  stop(id: number): void;
  /** Measures a strategy: outcomes in batches, then the report. */
  evaluate(spec: EvaluationSpec): AsyncGenerator<readonly EvaluationProgress[], EvaluationReport>;
  /** Measures a policy by itself: problems in batches, then the report. */
  coverage(spec: CoverageSpec): AsyncGenerator<readonly SampledProblem[], CoverageReport>;
  /** Searches what is left of a collection of reasoning data: trees in batches. `id` must be new, as of a run. */
  collect(id: number, work: CollectWork, onPreparation?: Listener): AsyncGenerator<readonly ReasoningTree[], void>;
  /** Has the model's policy learn from paths of its own: records in batches, then how it ended. `id` must be new, as of a run. */
  reinforce(
    id: number,
    work: ReinforceWork,
    onPreparation?: Listener,
  ): AsyncGenerator<readonly ReinforceRecord[], ReinforceEnd>;
  /** Runs what is left of a cell of a comparison. `id` must be new, among those of runs as well. */
  runCell(id: number, work: CellWork, onPreparation?: Listener): AsyncGenerator<readonly CellProgress[], void>;
  /** Resolves with the reason when the worker is gone. */
  readonly closed: Promise<LabError>;
  /** Ends the worker; runs under way throw `reason`. */
  dispose(reason?: LabError): void;
}

/**
 * Starts the search worker.
 * @param init the ports move to the worker.
 * @param signal ends the worker while it still starts, which it cannot without its model.
 * @throws LabError `rpc/*`; the signal's reason.
 */
export async function createSearchClient(init: SearchInit, signal?: AbortSignal): Promise<SearchClient> {
  const createWorker = () =>
    new Worker(new URL("../../workers/search.worker.ts", import.meta.url), { type: "module", name: "search" });
  const { connection, dispose } = await spawn<SearchService>(createWorker, {
    name: "The search worker",
    init,
    signal,
    transfer: [init.model, init.sandbox],
  });
  // The call goes out now and not when the first item is asked for, so that a `pause` cannot overtake it.
  const streamOf = <T extends object, R>(
    call: (port: MessagePort) => Promise<void>,
    aside?: (item: T) => boolean,
  ): AsyncGenerator<readonly T[], R> => {
    const { port1, port2 } = new MessageChannel();
    const accepted = call(port2);
    accepted.catch(() => {});
    return receiveAfter(accepted, receiveStream<T, R>(port1, connection.closed, aside));
  };
  // A worker that is gone has nothing left to steer; its runs end with the reason.
  const steer = (method: "pause" | "resume" | "stop", id: number) => void connection.call(method, [id]).catch(() => {});
  return {
    run: (id, spec, onPreparation = () => {}) =>
      streamOf<TimedEvent, RunStats>(
        (port) => connection.call("run", [id, spec, port], { transfer: [port] }),
        toldTo(onPreparation),
      ),
    pause: (id) => steer("pause", id),
    resume: (id) => steer("resume", id),
    stop: (id) => steer("stop", id),
    evaluate: (spec) => streamOf((port) => connection.call("evaluate", [spec, port], { transfer: [port] })),
    coverage: (spec) => streamOf((port) => connection.call("coverage", [spec, port], { transfer: [port] })),
    collect: (id, work, onPreparation = () => {}) =>
      streamOf<ReasoningTree, void>(
        (port) => connection.call("collect", [id, work, port], { transfer: [port] }),
        toldTo(onPreparation),
      ),
    reinforce: (id, work, onPreparation = () => {}) =>
      streamOf<ReinforceRecord, ReinforceEnd>(
        (port) => connection.call("reinforce", [id, work, port], { transfer: [port] }),
        toldTo(onPreparation),
      ),
    runCell: (id, work, onPreparation = () => {}) =>
      streamOf<CellProgress, void>(
        (port) => connection.call("runCell", [id, work, port], { transfer: [port] }),
        toldTo(onPreparation),
      ),
    closed: connection.closed,
    dispose,
  };
}

async function* receiveAfter<T, R>(accepted: Promise<void>, stream: AsyncGenerator<T, R>): AsyncGenerator<T, R> {
  await accepted;
  return yield* stream;
}

/** Takes what is told before the first item of a stream out of it. */
function toldTo(onPreparation: Listener) {
  return (item: object): boolean => {
    if (!isPreparing(item)) return false;
    onPreparation(item.preparation);
    return true;
  };
}

function isPreparing(item: object): item is Exclude<Told<never>, never> {
  return "preparation" in item;
}
