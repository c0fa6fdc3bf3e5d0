/** How far a training run is. */
export interface TrainingProgress {
  /** Optimiser steps done. */
  readonly step: number;
  /** Tokens read, padding not counted. */
  readonly tokens: number;
  /** Exponential mean of the training loss; for a language model in nats per token. */
  readonly loss: number;
  /** The objective's own figures of the last step, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly learningRate: number;
  /** What it computes on, such as `simd-threads`. */
  readonly backend: string;
  /** Over the steps of this call. */
  readonly tokensPerSecond: number;
  readonly done: boolean;
}

/** A trained model as it is shipped. */
export interface ModelFiles {
  /** `config.json`, in Hugging Face's names. */
  readonly config: Readonly<Record<string, unknown>>;
  /** `model.safetensors`, float16. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

/**
 * A training run under way. Calls are answered one after another. After a loss that is no number, every call rejects with
 * `model/diverged`: the last checkpoint is then the last good state.
 */
export interface Trainer {
  /**
   * Trains `steps` steps, or fewer when the run is done. To pause is to fire `signal`: the call rejects with its reason after the
   * step under way, steps that are done stay done, and the next call goes on from there.
   * @throws LabError `model/diverged`
   */
  advance(steps: number, signal?: AbortSignal): Promise<TrainingProgress>;
  /** Loss on fixed batches, the same ones over the whole run. */
  evaluate(): Promise<number>;
  /** A file from which a run goes on exactly where this one is. */
  checkpoint(): Promise<Uint8Array<ArrayBuffer>>;
  exportModel(): Promise<ModelFiles>;
  /** Ends the run and frees what it holds. */
  dispose(): void;
}
