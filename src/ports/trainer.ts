import type { CheckpointKind } from "./checkpoint-store";

/** What a training minimises, with what it needs to know. */
export type ObjectiveSpec =
  /** Next-token prediction on the endless texts of a corpus of this name, from this share of its curriculum on. */
  | { readonly name: "language-model"; readonly corpus: string; readonly curriculumFrom: number }
  /** Imitation of given examples; of those read, this share, in [0, 1), comes from the base's texts. */
  | { readonly name: "sft"; readonly replay: number }
  /** Direct preference optimisation; see `DpoOptions`. */
  | { readonly name: "dpo"; readonly beta: number; readonly nllWeight: number }
  /** Step values as they are; see `StepLabels`. */
  | { readonly name: "prm-pointwise"; readonly labels: "counts" | "soft" | "hard" }
  /** Step values by the order of siblings, this far apart at the least. */
  | { readonly name: "prm-pairwise"; readonly margin: number };

/** How a training goes, whatever it minimises. */
export interface TrainingOptions {
  readonly seed: number;
  /** How long: tokens read in all, padding not counted, or passes over the training data. */
  readonly length: { readonly tokens: number } | { readonly epochs: number };
  /** Rows of a batch, and tokens of a row. */
  readonly rows: number;
  readonly rowTokens: number;
  readonly peakLearningRate: number;
  /** Share of the run, in [0, 1). */
  readonly warmup: number;
  /** Batches of one optimiser step, at least 1: as if they were one large batch. */
  readonly batchesPerStep: number;
  /** Tensors whose names begin so are not trained. */
  readonly frozen: readonly string[];
  /** Which weights come of it: its last ones, or those that lost least on what is held out, of all evaluations after the first step. */
  readonly keep: "last" | "best";
}

/** A training as data: what is learnt, how, and from which weights. The same job on the same backend gives the same weights. */
export interface TrainingJob {
  /** What comes of it. */
  readonly kind: CheckpointKind;
  readonly objective: ObjectiveSpec;
  readonly options: TrainingOptions;
  /** Random weights, or those of a model: `tiny`, `tiny@<checkpoint id>`. */
  readonly start: "nothing" | (string & {});
  /** The data sets it learns from, by the ids of their contents; for the record. */
  readonly datasets?: readonly string[];
}

/** The data sets of a job, or of a checkpoint's options; earlier versions knew one at most. */
export function datasetsOf(told: { readonly datasets?: unknown; readonly dataset?: unknown }): readonly string[] {
  return [told.datasets, told.dataset].flat().filter((id) => typeof id === "string");
}

/** Records to learn from and to evaluate on, one JSON object a line; a corpus needs none. */
export interface TrainingData {
  readonly train: string;
  readonly validation: string;
}

/** What a job has come to mean with its data. */
export interface TrainingSetup {
  /** Items to learn from and to evaluate on; null for a corpus. */
  readonly train: number | null;
  readonly validation: number | null;
  /** Records that were too long for a row, or of characters that the tokenizer does not know. */
  readonly dropped: number;
  /** Lines of the data that are no records. */
  readonly faults: readonly {
    readonly part: "train" | "validation";
    readonly line: number;
    readonly message: string;
  }[];
  /** Tokens of the whole run. */
  readonly totalTokens: number;
}

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

/** What a run is worth on what is held out. */
export interface TrainingEvaluation {
  /** What the objective minimises, over all of it. */
  readonly loss: number;
  /** The objective's own figures, by the names they have in {@link TrainingProgress}. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What a model writes while it is trained, beside what the weights that the run began with think of it. */
export interface WatchedText {
  /** The likeliest continuation of a prompt, token by token. */
  readonly pieces: readonly string[];
  /** Log-probability of each token, at most 0. */
  readonly logProbs: readonly number[];
  /** The same under the weights that the run began with; null when it began with random ones, or they are gone. */
  readonly before: readonly number[] | null;
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
  /** Loss and figures on fixed batches, the same ones over the whole run; null where there is nothing to evaluate on. */
  evaluate(): Promise<TrainingEvaluation | null>;
  /** A file from which a run goes on exactly where this one is. */
  checkpoint(): Promise<Uint8Array<ArrayBuffer>>;
  setup(): Promise<TrainingSetup>;
  /**
   * Continues a prompt with the weights as they are, to the end of the text or for `maxTokens`. Null where there is no room for it
   * beside the run.
   */
  watch(prompt: string, maxTokens: number): Promise<WatchedText | null>;
  /** Ends the run and frees what it holds. */
  dispose(): void;
}
