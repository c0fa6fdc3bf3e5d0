import { z } from "zod";
import { LabError } from "../core/errors";
import { readSafetensors, writeSafetensors } from "../model/io/safetensors";
import { type ModelConfig, parseModelConfig } from "../model/network/config";
import type { HostParams, HostTensor } from "../model/network/parameters";
import type { LearnerState } from "./learner";

/** What a model is for: the base of the others, a policy, a test-case generator, a process reward model. */
export type CheckpointKind = "base" | "policy" | "tcg" | "prm";

/** What a checkpoint says about itself. */
export interface CheckpointRecord {
  /** Of record and parameters: the same wherever the file is, with the optimiser's state or without it. */
  readonly id: string;
  readonly kind: CheckpointKind;
  /** Ids of the checkpoints whose weights training began with. */
  readonly parents: readonly string[];
  readonly config: ModelConfig;
  /** Name of the objective. */
  readonly objective: string;
  /** Every option of the run, by name. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Optimiser steps done. */
  readonly step: number;
  /** Tokens read, padding not counted. */
  readonly tokens: number;
  /** `loss` is the exponential mean of the training loss, `evaluation` the loss on fixed batches; others are the objective's. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Everything a training run needs to go on exactly where it was. */
export interface Checkpoint {
  readonly record: CheckpointRecord;
  readonly state: LearnerState;
  /** Where the stream of batches is, as JSON; what it means is the objective's. */
  readonly position: unknown;
}

/** Hexadecimal digits of an id. */
const ID_LENGTH = 16;

const idSchema = z.string().regex(/^[0-9a-f]{16}$/);

const recordSchema = z.object({
  kind: z.enum(["base", "policy", "tcg", "prm"]),
  parents: z.array(idSchema),
  config: z.unknown(),
  objective: z.string(),
  options: z.record(z.string(), z.json()),
  seed: z.int(),
  step: z.int().min(0),
  tokens: z.int().min(0),
  metrics: z.record(z.string(), z.number()),
});

/** Tensors of a checkpoint's file, by what their names begin with. */
const PARTS = ["params", "first", "second"] as const;

/** A checkpoint as one safetensors file: parameters and moments in float32, the rest as JSON in its metadata. */
export async function writeCheckpoint({
  record,
  state,
  position,
}: {
  readonly record: Omit<CheckpointRecord, "id">;
  readonly state: LearnerState;
  readonly position: unknown;
}): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = new Map<string, HostTensor>();
  for (const part of PARTS) for (const [name, tensor] of state[part]) tensors.set(`${part}/${name}`, tensor);
  const text = JSON.stringify(record);
  const id = await contentId(text, state.params);
  return writeSafetensors(tensors, "F32", { id, record: text, position: JSON.stringify(position) });
}

/**
 * The inverse of {@link writeCheckpoint}.
 * @throws LabError `model/bad-weights`, `model/bad-config`, `model/bad-checkpoint`
 */
export async function readCheckpoint(file: Uint8Array): Promise<Checkpoint> {
  const { tensors, metadata } = readSafetensors(file);
  const parsed = recordSchema.safeParse(parseJson(metadata.record));
  const position = parseJson(metadata.position);
  if (!parsed.success || position === undefined) throw badCheckpoint("The file is not a checkpoint of this app.");
  const [params, first, second] = PARTS.map((part) => partOf(tensors, `${part}/`));
  const state = { params: params ?? new Map(), first: first ?? new Map(), second: second ?? new Map() };
  const id = await contentId(metadata.record ?? "", state.params);
  if (id !== metadata.id) throw badCheckpoint("The checkpoint is damaged: it is not what was written.");
  return { record: { ...parsed.data, id, config: parseModelConfig(parsed.data.config) }, state, position };
}

function partOf(tensors: HostParams, prefix: string): HostParams {
  const entries = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/** The first digits of a SHA-256 over the record and the parameters, name by name. */
async function contentId(record: string, params: HostParams): Promise<string> {
  const parts = [...params].flatMap(([name, { shape, data }]) => [`\0${name}\0${shape.join()}\0`, data]);
  const bytes = await new Blob([record, ...parts]).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, ID_LENGTH);
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function badCheckpoint(message: string): LabError {
  return new LabError("model/bad-checkpoint", message, "Take another checkpoint, or begin the training anew.");
}
