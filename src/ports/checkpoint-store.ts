import { LabError } from "../core/errors";

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
  /**
   * `loss` is the exponential mean of the training loss, `evaluation` the loss on what is held out, `evaluation.accuracy` and so on
   * the objective's figures there, `evaluation.step` when that was, where it was not at the end; others are the objective's on the
   * last batch.
   */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A checkpoint that is kept. */
export interface KeptCheckpoint {
  readonly record: CheckpointRecord;
  /** ISO 8601. */
  readonly keptAt: string;
  /** Of its file. */
  readonly bytes: number;
  /** It comes with the app and cannot be removed. */
  readonly isShipped?: true;
}

/** The checkpoints of this browser. */
export interface CheckpointStore {
  /** The newest first. */
  list(): Promise<readonly KeptCheckpoint[]>;
  /**
   * The file of a checkpoint, which is without an optimiser's state.
   * @throws LabError `model/no-such-checkpoint`, with how to get it; `storage/*`.
   */
  file(id: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Keeps a checkpoint; one that is there already stays as it is. @throws LabError `storage/*`. */
  put(record: CheckpointRecord, file: Uint8Array<ArrayBuffer>): Promise<KeptCheckpoint>;
  remove(id: string): Promise<void>;
}

/** The ids of all that a checkpoint was trained from, itself first, as far as its ancestors are among `kept`. */
export function lineageOf(id: string, kept: readonly KeptCheckpoint[]): readonly string[] {
  const parentsOf = new Map(kept.map(({ record }) => [record.id, record.parents]));
  const found = new Set([id]);
  for (const each of found) for (const parent of parentsOf.get(each) ?? []) found.add(parent);
  return [...found];
}

/** Says of a checkpoint that it is not here, and how it can be got. */
export function noSuchCheckpoint(id: string): LabError {
  return new LabError(
    "model/no-such-checkpoint",
    `There is no checkpoint ${id} of the tiny model in this browser.`,
    "Ask whoever made it for its zip and import that, or take tiny, the model as it is shipped.",
  );
}
