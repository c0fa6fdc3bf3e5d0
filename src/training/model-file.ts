/**
 * A trained model as one safetensors file: its tensors under Hugging Face's names in float16, heads included, and its record in the
 * metadata. It is what is kept, put to work, exported and begun with.
 */

import { z } from "zod";
import { LabError } from "../core/errors";
import { sha256 } from "../core/sha256";
import { readSafetensors, toNearestHalf, writeSafetensors } from "../model/io/safetensors";
import { type ModelConfig, parseModelConfig } from "../model/network/config";
import { checkParams, type HostParams } from "../model/network/parameters";
import type { CheckpointRecord } from "../ports/checkpoint-store";

/** A checkpoint's record, its shape read. */
export interface ModelRecord extends CheckpointRecord {
  readonly config: ModelConfig;
}

/** A trained model. */
export interface TrainedModel {
  readonly record: ModelRecord;
  readonly params: HostParams;
}

/** A model to begin with. */
export interface ModelSource {
  /** Safetensors. */
  readonly file: Uint8Array;
  /** The parsed `config.json`, for a file without a record. */
  readonly config?: unknown;
}

/** A model's weights, their shape, and the id they go by in lineages. */
export interface ModelWeights {
  readonly id: string;
  readonly config: ModelConfig;
  readonly params: HostParams;
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

/** A trained model's file, and its record, whose id is of what the file holds. */
export async function writeModel(
  record: Omit<ModelRecord, "id">,
  exact: HostParams,
): Promise<{ readonly record: ModelRecord; readonly file: Uint8Array<ArrayBuffer> }> {
  const params = new Map([...exact].map(([name, { shape, data }]) => [name, { shape, data: data.map(toNearestHalf) }]));
  const text = JSON.stringify(record);
  const id = await contentId(text, params);
  return { record: { ...record, id }, file: writeSafetensors(params, "F16", { id, record: text }) };
}

/**
 * The inverse of {@link writeModel}.
 * @throws LabError `model/bad-weights`, `model/bad-config`, `model/bad-checkpoint`, `model/weights-mismatch`
 */
export async function readModel(file: Uint8Array): Promise<TrainedModel> {
  const { tensors: params, metadata } = readSafetensors(file);
  const record = await readRecord(metadata, params);
  checkParams(record.config, params);
  return { record, params };
}

/**
 * The weights of a model, with a record or without; those without go by an id of their own.
 * @throws LabError `model/*`
 */
export async function readWeights({ file, config }: ModelSource): Promise<ModelWeights> {
  const { tensors: params, metadata } = readSafetensors(file);
  const record = metadata.record === undefined ? null : await readRecord(metadata, params);
  const shape = record?.config ?? parseModelConfig(config);
  checkParams(shape, params);
  return { id: record?.id ?? (await contentId("", params)), config: shape, params };
}

/**
 * The record in a file's metadata, if it belongs to these parameters.
 * @throws LabError `model/bad-checkpoint`, `model/bad-config`
 */
export async function readRecord(metadata: Readonly<Record<string, string>>, params: HostParams): Promise<ModelRecord> {
  const parsed = recordSchema.safeParse(parseJson(metadata.record));
  if (!parsed.success) throw badCheckpoint("The file is not a checkpoint of this app.");
  const id = await contentId(metadata.record ?? "", params);
  if (id !== metadata.id) throw badCheckpoint("The checkpoint is damaged: it is not what was written.");
  return { ...parsed.data, id, config: parseModelConfig(parsed.data.config) };
}

/** The first digits of a SHA-256 over the record and the parameters, name by name. */
export async function contentId(record: string, params: HostParams): Promise<string> {
  const parts = [...params].flatMap(([name, { shape, data }]) => [`\0${name}\0${shape.join()}\0`, data]);
  const bytes = await new Blob([record, ...parts]).arrayBuffer();
  return sha256(new Uint8Array(bytes)).slice(0, ID_LENGTH);
}

/** JSON, or undefined. */
export function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

export function badCheckpoint(message: string): LabError {
  return new LabError("model/bad-checkpoint", message, "Take another checkpoint, or begin the training anew.");
}
