import type { SearchConfig } from "../core/config";
import type { TimedEvent } from "../core/events";
import type { EvaluationProgress, EvaluationReport } from "../experiment/evaluate";
import { PauseGate } from "../experiment/pause-gate";
import type { ProblemSet } from "../experiment/problem-set";
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

/** A strategy to measure, and on what. */
export interface EvaluationSpec {
  readonly problems: ProblemSet;
  readonly config: SearchConfig;
  readonly seed: number;
  /** See `EvaluationRequest`. */
  readonly freshSamples: number;
}

/** What the search worker answers. Runs are told apart by the id their caller gave them. */
export type SearchService = {
  /** Begins a run; its log goes out through `events` and ends with its {@link RunStats}. */
  run(id: number, spec: ExperimentSpec, events: MessagePort): void;
  /** These three do nothing when the run is not under way. */
  pause(id: number): void;
  resume(id: number): void;
  stop(id: number): void;
  /** Measures a strategy; each problem's outcome goes out through `progress`, which ends with the report. */
  evaluate(spec: EvaluationSpec, progress: MessagePort): void;
};

/** How a run under way is steered. */
export interface RunControl {
  readonly gate: PauseGate;
  readonly signal: AbortSignal;
}

/** Whoever does the work that the service is asked for. */
export interface Executor {
  run(spec: ExperimentSpec, control: RunControl): AsyncGenerator<TimedEvent, RunStats>;
  evaluate(spec: EvaluationSpec): AsyncGenerator<EvaluationProgress, EvaluationReport>;
}

/** The service over whoever does the work. */
export function createSearchService(executor: Executor): SearchService {
  const underWay = new Map<number, { readonly gate: PauseGate; readonly controller: AbortController }>();
  return {
    run(id, spec, events) {
      const gate = new PauseGate();
      const controller = new AbortController();
      underWay.set(id, { gate, controller });
      const log = executor.run(spec, { gate, signal: controller.signal });
      void sendStream(log, events).finally(() => underWay.delete(id));
    },
    pause: (id) => underWay.get(id)?.gate.pause(),
    resume: (id) => underWay.get(id)?.gate.resume(),
    stop: (id) => underWay.get(id)?.controller.abort(),
    evaluate: (spec, progress) => void sendStream(executor.evaluate(spec), progress),
  };
}
