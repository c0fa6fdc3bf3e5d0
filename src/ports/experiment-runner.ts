import type { TimedEvent } from "../core/run/events";

/** What happens before the first event: workers start, weights load, kernels compile. */
export interface Preparation {
  /** A few words for people, such as `Loading the model`. */
  readonly message: string;
  /** In [0, 1], or null while it cannot be known. */
  readonly fraction: number | null;
  /** Of a download: bytes that are here, bytes in all, and seconds that the rest takes at the present pace. */
  readonly download?: {
    readonly loadedBytes: number;
    readonly totalBytes: number | null;
    readonly secondsLeft: number | null;
  };
}

/** One run under way. */
export interface ExperimentRun {
  /**
   * The log, in batches, in order; ends after `ended` (and `hiddenJudged`). Throws LabError when the run cannot go on
   * (`model/*`, `sandbox/*`, `rpc/*`): what came before stays valid.
   */
  readonly events: AsyncIterable<readonly TimedEvent[]>;
  /** Stops spending until `resume`; work that has begun may still arrive. */
  pause(): void;
  resume(): void;
  /** Ends the run soon, with `ended` and reason `stopped`; calling it again does nothing. */
  stop(): void;
}

/** Runs experiments, wherever the search, the model and the sandbox live. `Spec` is the experiment's specification. */
export interface ExperimentRunner<Spec> {
  run(spec: Spec, onPreparation?: (preparation: Preparation) => void): ExperimentRun;
}
