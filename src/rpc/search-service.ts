import type { TimedEvent } from "../core/events";
import { PauseGate } from "../experiment/pause-gate";
import type { RunStats } from "../experiment/run-stats";
import type { ExperimentSpec } from "../experiment/spec";
import { sendStream } from "./stream";

/** What the search worker is started with. */
export interface SearchInit {
  /** Absolute address of the folder that holds `puzzles/`, with a slash at its end. */
  readonly baseUrl: string;
  /** A port of the model worker. */
  readonly model: MessagePort;
  /** A port to the window, which opens sandboxes. */
  readonly sandbox: MessagePort;
}

/** What the search worker answers. Runs are told apart by the id their caller gave them. */
export type SearchService = {
  /** Begins a run; its log goes out through `events` and ends with its {@link RunStats}. */
  run(id: number, spec: ExperimentSpec, events: MessagePort): void;
  /** These three do nothing when the run is not under way. */
  pause(id: number): void;
  resume(id: number): void;
  stop(id: number): void;
};

/** How a run under way is steered. */
export interface RunControl {
  readonly gate: PauseGate;
  readonly signal: AbortSignal;
}

/** Does one run. */
export type Execute = (spec: ExperimentSpec, control: RunControl) => AsyncGenerator<TimedEvent, RunStats>;

/** The service over whatever does the runs. */
export function createSearchService(execute: Execute): SearchService {
  const underWay = new Map<number, { readonly gate: PauseGate; readonly controller: AbortController }>();
  return {
    run(id, spec, events) {
      const gate = new PauseGate();
      const controller = new AbortController();
      underWay.set(id, { gate, controller });
      const log = execute(spec, { gate, signal: controller.signal });
      void sendStream(log, events).finally(() => underWay.delete(id));
    },
    pause: (id) => underWay.get(id)?.gate.pause(),
    resume: (id) => underWay.get(id)?.gate.resume(),
    stop: (id) => underWay.get(id)?.controller.abort(),
  };
}
