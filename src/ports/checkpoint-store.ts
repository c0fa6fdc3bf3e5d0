/** What a model is for: the base of the others, a policy, a test-case generator, a process reward model. */
export type CheckpointKind = "base" | "policy" | "tcg" | "prm";

/** What a checkpoint says about itself. */
export interface CheckpointRecord {
  /** 16 hexadecimal digits of record and parameters: the same wherever the file is, with the optimiser's state or without it. */
  readonly id: string;
  readonly kind: CheckpointKind;
  /** Ids of the checkpoints whose weights training began with. */
  readonly parents: readonly string[];
  /** The model's shape, in the names of Hugging Face's `LlamaConfig`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Name of the objective. */
  readonly objective: string;
  /** Every option of the run, by name; what it read among them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Optimiser steps done. */
  readonly step: number;
  /** Tokens read, padding not counted. */
  readonly tokens: number;
  /** `loss` is the exponential mean of the training loss, `evaluation` the loss on fixed batches; others are the objective's. */
  readonly metrics: Readonly<Record<string, number>>;
}
