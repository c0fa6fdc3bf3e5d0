import type { ReasoningTree } from "../core/data/reasoning";
import { deferred } from "../core/deferred";
import { LabError, toErrorData } from "../core/errors";
import { type ModelInfo, type ModelRef, parseModelRef } from "../core/model";
import type { TimedEvent } from "../core/run/events";
import type { CellExecutor } from "../experiment/compare/compare";
import type { ExperimentSpec } from "../experiment/spec/spec";
import type { BackendName } from "../model/backend";
import type { ExperimentRun, ExperimentRunner, Preparation } from "../ports/experiment-runner";
import type { BackendChoice, ModelSettings } from "./model";
import { type RunnerWorkers, type RunnerWorkersOptions, type SearchClient, startWorkers } from "./run-workers";
import type { CollectWork } from "./search";

/** What the runner's workers need of the window. */
export interface RunnerOptions {
  /** What the tiny model runs on; `auto` measures. */
  readonly backend: BackendChoice;
  /** Absolute address of the folder that holds `models/` and `puzzles/`, with a slash at its end. */
  readonly baseUrl: string;
  /** A port through which a worker opens sandboxes: only a window can have frames. */
  readonly openSandbox: () => MessagePort;
  /** What a model needs besides its name, an endpoint's key for one; asked at every run, and new workers start when it has changed. */
  readonly modelSettings?: (model: ModelRef) => ModelSettings | Promise<ModelSettings>;
}

/**
 * Runs experiments in workers that it starts on the first run, keeps for the next on the same model, and replaces when one
 * of them dies. There is one model at a time: a run on another ends the workers of the one before, and with them its runs.
 */
export interface WorkerRunner extends ExperimentRunner<ExperimentSpec> {
  /**
   * Starts the workers of a model, or waits until they have started.
   * @param model for `parseModelRef`.
   * @param backend what the tiny model ran on before, as `ModelInfo` has it: taken again where it can run here. Without
   * it, whatever it runs on now will do.
   * @throws LabError `input/model`, `model/*`, `sandbox/*`, `rpc/*`; the signal's reason.
   */
  warm(
    model: string,
    onPreparation?: (preparation: Preparation) => void,
    signal?: AbortSignal,
    backend?: string,
  ): Promise<RunnerWorkers>;
  /** Ends the workers; runs under way throw `rpc/disposed`. */
  dispose(): void;
}

/** See {@link WorkerRunner}. */
export function createExperimentRunner({ modelSettings = () => ({}), ...options }: RunnerOptions): WorkerRunner {
  let held: { readonly key: string; readonly workers: HeldWorkers } | null = null;
  let nextRun = 0;
  let disposals = 0;

  const workersOf = (model: string, settings: ModelSettings, backend = options.backend): HeldWorkers => {
    const key = JSON.stringify([model, settings]);
    if (held?.key === key) return held.workers;
    held?.workers.dispose();
    const workers = new HeldWorkers({ ...options, ...settings, model, backend });
    const mine = { key, workers };
    held = mine;
    void workers.ended.then(() => {
      if (held === mine) held = null;
    });
    return workers;
  };
  const drop = () => {
    held?.workers.dispose();
    held = null;
  };
  const onBackend = async (backend: BackendName, ready: (backend?: BackendName) => Promise<RunnerWorkers>) => {
    try {
      const workers = await ready(backend);
      if (backendOf(workers.model.info) === backend) return workers;
      drop();
      return await ready(backend);
    } catch (thrown) {
      if (toErrorData(thrown).code !== "model/no-backend") throw thrown;
      drop();
      return ready();
    }
  };
  const warm: WorkerRunner["warm"] = async (model, onPreparation = () => {}, signal, wanted) => {
    const before = disposals;
    const ref = parseModelRef(model);
    const settings = await modelSettings(ref);
    signal?.throwIfAborted();
    if (disposals !== before) throw new LabError("rpc/disposed", "The model worker was closed.");
    const ready = (backend?: BackendName) => workersOf(model, settings, backend).ready(onPreparation, signal);
    const backend = ref.engine === "tiny" && wanted !== undefined ? backendOf({ backend: wanted }) : null;
    return backend === null ? ready() : onBackend(backend, ready);
  };
  return {
    warm,
    run(spec, onPreparation = () => {}) {
      const warmed = async (signal: AbortSignal) => (await warm(spec.model, onPreparation, signal)).search;
      return startRun(warmed, (search, id) => search.run(id, spec, onPreparation), nextRun++);
    },
    dispose() {
      disposals++;
      drop();
    },
  };
}

const BACKENDS: readonly BackendName[] = ["simd", "simd-threads", "webgpu", "wasm-threads", "wasm"];

/** The backend that the tiny model's `ModelInfo` names, whatever it says of it besides; null when it names none. */
function backendOf({ backend }: Pick<ModelInfo, "backend">): BackendName | null {
  const [name] = backend.split(" ");
  return BACKENDS.find((known) => known === name) ?? null;
}

/** A run that waits for its workers: a pause before they are there holds when they are, a stop ends the waiting. */
function startRun(
  warmed: (signal: AbortSignal) => Promise<SearchClient>,
  start: (search: SearchClient, id: number) => AsyncGenerator<readonly TimedEvent[], unknown>,
  id: number,
): ExperimentRun {
  const stopped = new AbortController();
  let isPaused = false;
  let search: SearchClient | null = null;
  async function* events(): AsyncGenerator<readonly TimedEvent[]> {
    let started: SearchClient;
    try {
      started = await warmed(stopped.signal);
    } catch (thrown) {
      if (stopped.signal.aborted) return;
      throw thrown;
    }
    if (stopped.signal.aborted) return;
    const log = start(started, id);
    search = started;
    if (isPaused) started.pause(id);
    yield* log;
  }
  return {
    events: events(),
    pause() {
      isPaused = true;
      search?.pause(id);
    },
    resume() {
      isPaused = false;
      search?.resume(id);
    },
    stop() {
      stopped.abort();
      search?.stop(id);
    },
  };
}

/** Cells and collections share the search worker with the explorer's runs, which count from 0. */
const FIRST_CELL = 1_000_000_000;
const FIRST_COLLECTION = 2_000_000_000;

/** Has work done in the workers of the explorer: there is one model at a time, whoever wants it. */
interface SharedWork<Item, Result> {
  readonly id: number;
  warm(): Promise<RunnerWorkers>;
  start(search: SearchClient): AsyncGenerator<readonly Item[], void>;
  result(workers: RunnerWorkers): Result;
  readonly signal: AbortSignal;
}

/** @returns null when the signal has fired. */
async function* share<Item, Result>(work: SharedWork<Item, Result>): AsyncGenerator<readonly Item[], Result | null> {
  const { id, signal } = work;
  let stop = () => {};
  try {
    const workers = await work.warm();
    signal.throwIfAborted();
    stop = () => workers.search.stop(id);
    signal.addEventListener("abort", stop);
    yield* work.start(workers.search);
    return signal.aborted ? null : work.result(workers);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return null;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** Runs the cells of comparisons. */
export function createCellExecutor({ warm }: Pick<WorkerRunner, "warm">): CellExecutor {
  let id = FIRST_CELL;
  return {
    async *runCell(work, onPreparation, signal, backend) {
      const mine = id++;
      yield* share({
        ...{ id: mine, signal },
        warm: () => warm(work.cell.model, onPreparation, signal, backend),
        start: (search) => search.runCell(mine, work, onPreparation),
        result: () => null,
      });
    },
  };
}

/** Collects reasoning data. */
export interface TreeCollector {
  /**
   * Searches what is left of a collection and hands out each tree when it is there, in batches.
   * @param model for `parseModelRef`.
   * @param signal ends it soon; searches under way are dropped.
   * @returns what drew the steps; null when it was ended.
   * @throws LabError when the model or the sandbox cannot be used, or not on; what came before stays valid.
   */
  collect(
    model: string,
    work: CollectWork,
    onPreparation: (preparation: Preparation) => void,
    signal: AbortSignal,
  ): AsyncGenerator<readonly ReasoningTree[], ModelInfo | null>;
}

/** See {@link TreeCollector}. */
export function createTreeCollector({ warm }: Pick<WorkerRunner, "warm">): TreeCollector {
  let id = FIRST_COLLECTION;
  return {
    collect(model, work, onPreparation, signal) {
      const mine = id++;
      return share({
        ...{ id: mine, signal },
        warm: () => warm(model, onPreparation, signal),
        start: (search) => search.collect(mine, work, onPreparation),
        result: ({ model: { info } }) => info,
      });
    },
  };
}

/** The workers of one model: started once, waited for by any number of runs, given up when nobody waits any more. */
class HeldWorkers {
  /** Settles when the workers are gone, or were never there. */
  readonly ended: Promise<void>;
  readonly #workers: Promise<RunnerWorkers>;
  readonly #abandon = new AbortController();
  readonly #listeners = new Set<(preparation: Preparation) => void>();
  #isReady = false;

  constructor(options: RunnerWorkersOptions) {
    const tell = (preparation: Preparation) => {
      for (const listener of this.#listeners) listener(preparation);
    };
    this.#workers = startWorkers(options, tell, this.#abandon.signal);
    this.ended = this.#workers.then(
      async ({ search }) => {
        this.#isReady = true;
        await search.closed;
      },
      () => {},
    );
  }

  /**
   * Waits until the workers have started. When `signal` fires first, this rejects with its reason, and with nobody else
   * waiting the start is given up: a download goes on for no one.
   */
  async ready(onPreparation: (preparation: Preparation) => void, signal?: AbortSignal): Promise<RunnerWorkers> {
    const listener = (preparation: Preparation) => onPreparation(preparation);
    const cancelled = deferred<never>();
    const cancel = () => {
      this.#listeners.delete(listener);
      if (!this.#isReady && this.#listeners.size === 0) this.dispose();
      cancelled.reject(signal?.reason);
    };
    this.#listeners.add(listener);
    signal?.addEventListener("abort", cancel);
    try {
      return await Promise.race([this.#workers, cancelled.promise]);
    } finally {
      this.#listeners.delete(listener);
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** Ends the workers, or their start; whoever waits for them or has a run there gets `rpc/disposed`. */
  dispose(): void {
    this.#abandon.abort(new LabError("rpc/disposed", "The model worker was closed."));
    void this.#workers.then(({ search }) => search.dispose()).catch(() => {});
  }
}
