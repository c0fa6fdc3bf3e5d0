import type { LabError } from "../core/errors";
import type { TimedEvent } from "../core/run/events";
import type { CellProgress, CellWork } from "../experiment/compare/cells";
import type { EvaluationProgress, EvaluationReport } from "../experiment/evaluate/evaluate";
import type { RunStats } from "../experiment/run/run-stats";
import type { ExperimentSpec } from "../experiment/spec/spec";
import type { Preparation } from "../ports/experiment-runner";
import type { EvaluationSpec, SearchInit, SearchService, Told } from "./search-service";
import { receiveStream } from "./stream";
import { spawn } from "./worker";

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
