import type { SearchConfig } from "../core/config";
import type { ReasoningTree } from "../core/data/reasoning";
import type { TimedEvent } from "../core/run/events";
import type { CellProgress, CellWork } from "../experiment/compare/cells";
import type { CoverageReport, SampledProblem } from "../experiment/evaluate/coverage";
import type { EvaluationProgress, EvaluationReport, ProblemSet } from "../experiment/evaluate/evaluate";
import { PauseGate } from "../experiment/run/pause-gate";
import type { RunStats } from "../experiment/run/run-stats";
import type { ExperimentSpec } from "../experiment/spec/spec";
import type { Preparation } from "../ports/experiment-runner";
import type { CollectSpec } from "../selfplay/collect";
import type { ReinforceEnd, ReinforceRecord } from "../selfplay/reinforce/loop";
import type { ReinforceSpec } from "../selfplay/reinforce/spec";
import type { BackendChoice } from "./model";
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

/** A policy to measure without a search, and on what; see `CoverageRequest`. */
export type CoverageSpec = Omit<EvaluationSpec, "freshSamples">;

/** Reasoning data to collect, and the ids of the problems that are done. */
export interface CollectWork {
  readonly spec: CollectSpec;
  readonly done: readonly string[];
}

/** A policy that is to learn from paths of its own: the one that the model worker has. */
export interface ReinforceWork {
  readonly spec: ReinforceSpec;
  /** What it learns on. */
  readonly backend: BackendChoice;
  /** The file of the part that it goes on from; null at the beginning. */
  readonly part: Uint8Array<ArrayBuffer> | null;
}

/** What the search worker answers. Runs are told apart by the id their caller gave them. */
export type SearchService = {
  /**
   * Gets ready what a run needs besides the model (the sandbox of its problem's language, which may be a download), then
   * begins it; its log goes out through `events` and ends with its {@link RunStats}.
   */
  run(id: number, spec: ExperimentSpec, events: MessagePort): void;
  /** These three do nothing when the run is not under way. */
  pause(id: number): void;
  resume(id: number): void;
  stop(id: number): void;
  /** Measures a strategy; each problem's outcome goes out through `progress`, which ends with the report. */
  evaluate(spec: EvaluationSpec, progress: MessagePort): void;
  /** Measures a policy by itself; each problem goes out through `progress`, which ends with the report. */
  coverage(spec: CoverageSpec, progress: MessagePort): void;
  /** Searches what is left of a collection; each tree goes out through `trees`. `stop` ends it. */
  collect(id: number, work: CollectWork, trees: MessagePort): void;
  /**
   * Has a policy learn from paths of its own; what is said on the way goes out through `records`, which end with how it ended. `stop`
   * ends it. The model worker has other weights meanwhile, and its own again afterwards.
   */
  reinforce(id: number, work: ReinforceWork, records: MessagePort): void;
  /** Runs what is left of a cell; each problem goes out through `progress` when it is done. `stop` ends it. */
  runCell(id: number, work: CellWork, progress: MessagePort): void;
};

/** How a run under way is steered. */
export interface RunControl {
  readonly gate: PauseGate;
  readonly signal: AbortSignal;
}

/** What a stream of the service carries: first what is being got ready, then what comes of it. */
export type Told<T> = { readonly preparation: Preparation } | T;

/** Whoever does the work that the service is asked for. */
export interface Executor {
  run(spec: ExperimentSpec, control: RunControl): AsyncGenerator<Told<TimedEvent>, RunStats>;
  runCell(work: CellWork, control: RunControl): AsyncGenerator<Told<CellProgress>, void>;
  evaluate(spec: EvaluationSpec): AsyncGenerator<EvaluationProgress, EvaluationReport>;
  coverage(spec: CoverageSpec): AsyncGenerator<SampledProblem, CoverageReport>;
  collect(work: CollectWork, control: RunControl): AsyncGenerator<Told<ReasoningTree>, void>;
  reinforce(work: ReinforceWork, control: RunControl): AsyncGenerator<Told<ReinforceRecord>, ReinforceEnd>;
}

/** The service over whoever does the work. */
export function createSearchService(executor: Executor): SearchService {
  const underWay = new Map<number, { readonly gate: PauseGate; readonly controller: AbortController }>();
  const steered = <T, R>(id: number, port: MessagePort, start: (control: RunControl) => AsyncGenerator<T, R>) => {
    const gate = new PauseGate();
    const controller = new AbortController();
    underWay.set(id, { gate, controller });
    void sendStream(start({ gate, signal: controller.signal }), port).finally(() => underWay.delete(id));
  };
  return {
    run: (id, spec, events) => steered(id, events, (control) => executor.run(spec, control)),
    collect: (id, work, trees) => steered(id, trees, (control) => executor.collect(work, control)),
    reinforce: (id, work, records) => steered(id, records, (control) => executor.reinforce(work, control)),
    runCell: (id, work, progress) => steered(id, progress, (control) => executor.runCell(work, control)),
    pause: (id) => underWay.get(id)?.gate.pause(),
    resume: (id) => underWay.get(id)?.gate.resume(),
    stop: (id) => underWay.get(id)?.controller.abort(),
    evaluate: (spec, progress) => void sendStream(executor.evaluate(spec), progress),
    coverage: (spec, progress) => void sendStream(executor.coverage(spec), progress),
  };
}
