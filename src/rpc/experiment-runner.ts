import type { TimedEvent } from "../core/events";
import type { ExperimentSpec } from "../experiment/spec";
import type { ExperimentRun, ExperimentRunner, Preparation } from "../ports/experiment-runner";
import { createModelClient, type ModelClient } from "./model-client";
import type { BackendChoice } from "./model-service";
import { createSearchClient, type SearchClient } from "./search-client";

/** What the runner's workers need of the window. */
export interface RunnerOptions {
  /** What the model runs on; `auto` measures. */
  readonly backend: BackendChoice;
  /** Absolute address of the folder that holds `models/` and `puzzles/`, with a slash at its end. */
  readonly baseUrl: string;
  /** A port through which a worker opens sandboxes: only a window can have frames. */
  readonly openSandbox: () => MessagePort;
}

/** Runs experiments in workers that it starts on the first run, keeps for the next, and replaces when one of them dies. */
export interface WorkerRunner extends ExperimentRunner<ExperimentSpec> {
  /** Starts the workers, or waits until they have started. @throws LabError `model/*`, `sandbox/*`, `rpc/*` */
  warm(onPreparation?: (preparation: Preparation) => void): Promise<RunnerWorkers>;
  /** Ends the workers; runs under way throw `rpc/disposed`. */
  dispose(): void;
}

/** The workers behind a runner. */
export interface RunnerWorkers {
  readonly model: ModelClient;
  readonly search: SearchClient;
}

/** See {@link WorkerRunner}. */
export function createExperimentRunner(options: RunnerOptions): WorkerRunner {
  let workers: Promise<RunnerWorkers> | null = null;
  const listeners = new Set<(preparation: Preparation) => void>();
  let nextRun = 0;

  const start = (): Promise<RunnerWorkers> => {
    const starting = startWorkers(options, (preparation) => {
      for (const listener of listeners) listener(preparation);
    });
    const forget = () => {
      if (workers === starting) workers = null;
    };
    starting.then(({ search }) => void search.closed.then(forget), forget);
    return starting;
  };
  const warm: WorkerRunner["warm"] = async (onPreparation = () => {}) => {
    workers ??= start();
    listeners.add(onPreparation);
    try {
      return await workers;
    } finally {
      listeners.delete(onPreparation);
    }
  };
  return {
    warm,
    run: (spec, onPreparation) => startRun(() => warm(onPreparation), nextRun++, spec),
    dispose() {
      const old = workers;
      workers = null;
      void old?.then(({ search }) => search.dispose()).catch(() => {});
    },
  };
}

/** Both workers, tied together: when one is gone, so is the other, because the ports between them stay silent for ever. */
async function startWorkers(
  { backend, baseUrl, openSandbox }: RunnerOptions,
  onPreparation: (preparation: Preparation) => void,
): Promise<RunnerWorkers> {
  const model = await createModelClient({ backend, baseUrl }, onPreparation);
  try {
    const search = await createSearchClient({ baseUrl, model: await model.openPort(), sandbox: openSandbox() });
    void model.closed.then((reason) => search.dispose(reason));
    void search.closed.then(() => model.dispose());
    return { model, search };
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

/** A run that waits for its workers; what it is told before they are there is done when they are. */
function startRun(workers: () => Promise<RunnerWorkers>, id: number, spec: ExperimentSpec): ExperimentRun {
  const early = { paused: false, stopped: false };
  let search: SearchClient | null = null;
  async function* events(): AsyncGenerator<readonly TimedEvent[]> {
    const started = (await workers()).search;
    if (early.stopped) return;
    const log = started.run(id, spec);
    search = started;
    if (early.paused) started.pause(id);
    yield* log;
  }
  return {
    events: events(),
    pause() {
      early.paused = true;
      search?.pause(id);
    },
    resume() {
      early.paused = false;
      search?.resume(id);
    },
    stop() {
      early.stopped = true;
      search?.stop(id);
    },
  };
}
