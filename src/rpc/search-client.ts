import type { LabError } from "../core/errors";
import type { TimedEvent } from "../core/events";
import type { RunStats } from "../experiment/run-stats";
import type { ExperimentSpec } from "../experiment/spec";
import type { SearchInit, SearchService } from "./search-service";
import { spawn } from "./spawn";
import { receiveStream } from "./stream";

/** The search in its own worker. */
export interface SearchClient {
  /** Starts a run; its log arrives in batches, and at the end where its time went. `id` must be new. */
  run(id: number, spec: ExperimentSpec): AsyncGenerator<readonly TimedEvent[], RunStats>;
  pause(id: number): void;
  resume(id: number): void;
  stop(id: number): void;
  /** Resolves with the reason when the worker is gone. */
  readonly closed: Promise<LabError>;
  /** Ends the worker; runs under way throw `reason`. */
  dispose(reason?: LabError): void;
}

/**
 * Starts the search worker.
 * @param init the ports move to the worker.
 * @throws LabError `rpc/*`
 */
export async function createSearchClient(init: SearchInit): Promise<SearchClient> {
  const createWorker = () =>
    new Worker(new URL("../../workers/search.worker.ts", import.meta.url), { type: "module", name: "search" });
  const { connection, dispose } = await spawn<SearchService>(createWorker, {
    name: "The search worker",
    init,
    transfer: [init.model, init.sandbox],
  });
  // A worker that is gone has nothing left to steer; its runs end with the reason.
  const steer = (method: "pause" | "resume" | "stop", id: number) => void connection.call(method, [id]).catch(() => {});
  return {
    run(id, spec) {
      const { port1, port2 } = new MessageChannel();
      // Called now and not when the first event is asked for, so that a `pause` cannot overtake it.
      const accepted = connection.call("run", [id, spec, port2], { transfer: [port2] });
      accepted.catch(() => {});
      return eventsOf(accepted, port1, connection.closed);
    },
    pause: (id) => steer("pause", id),
    resume: (id) => steer("resume", id),
    stop: (id) => steer("stop", id),
    closed: connection.closed,
    dispose,
  };
}

async function* eventsOf(
  accepted: Promise<void>,
  port: MessagePort,
  closed: Promise<LabError>,
): AsyncGenerator<readonly TimedEvent[], RunStats> {
  await accepted;
  return yield* receiveStream<TimedEvent, RunStats>(port, closed);
}
