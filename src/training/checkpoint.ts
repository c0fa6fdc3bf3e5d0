import { z } from "zod";
import { readSafetensors, writeSafetensors } from "../model/io/safetensors";
import type { HostParams, HostTensor } from "../model/network/parameters";
import type { TrainingEvaluation } from "../ports/trainer";
import type { LearnerState } from "./learner";
import { badCheckpoint, contentId, type ModelRecord, parseJson, readRecord, writeModel } from "./model-file";

/** The weights that did best on what is held out. */
export interface BestSoFar extends z.infer<typeof bestSchema> {
  readonly params: HostParams;
}

const bestSchema = z.object({
  /** When they were the run's weights. */
  step: z.int().min(0),
  loss: z.number(),
  metrics: z.record(z.string(), z.number()),
});

/** Everything a training run needs to go on exactly where it was. */
export interface Checkpoint {
  readonly record: ModelRecord;
  readonly state: LearnerState;
  /** Null in a run that ends with its last weights, and before the first evaluation. */
  readonly best: BestSoFar | null;
  /** Where the stream of batches is, as JSON; what it means is the objective's. */
  readonly position: unknown;
}

/** Tensors of a checkpoint's file, by what their names begin with. */
const PARTS = ["params", "first", "second", "best"] as const;

/** A checkpoint as one safetensors file: parameters and moments in float32, the rest as JSON in its metadata. */
export async function writeCheckpoint({
  record,
  state,
  best,
  position,
}: Omit<Checkpoint, "record"> & { readonly record: Omit<ModelRecord, "id"> }): Promise<Uint8Array<ArrayBuffer>> {
  const { params = new Map(), ...figures } = best ?? {};
  const parts = { ...state, best: params };
  const tensors = new Map<string, HostTensor>();
  for (const part of PARTS) for (const [name, tensor] of parts[part]) tensors.set(`${part}/${name}`, tensor);
  const text = JSON.stringify(record);
  const id = await contentId(text, state.params);
  const told = { id, record: text, position: JSON.stringify(position) };
  return writeSafetensors(tensors, "F32", best === null ? told : { ...told, best: JSON.stringify(figures) });
}

/**
 * The inverse of {@link writeCheckpoint}.
 * @throws LabError `model/bad-weights`, `model/bad-config`, `model/bad-checkpoint`
 */
export async function readCheckpoint(file: Uint8Array): Promise<Checkpoint> {
  const { tensors, metadata } = readSafetensors(file);
  const position = parseJson(metadata.position);
  if (position === undefined) throw badCheckpoint("The file is not a checkpoint of this app.");
  const [params, first, second, kept] = PARTS.map((part) => partOf(tensors, `${part}/`));
  const state = { params: params ?? new Map(), first: first ?? new Map(), second: second ?? new Map() };
  const figures = metadata.best === undefined ? null : bestSchema.safeParse(parseJson(metadata.best));
  if (figures?.success === false)
    throw badCheckpoint("The checkpoint is damaged: it does not say which weights did best.");
  const best = figures && { ...figures.data, params: kept ?? new Map() };
  return { record: await readRecord(metadata, state.params), state, best, position };
}

/**
 * The model that a run has come to, from its checkpoint's file: the best weights where the run keeps those, else the last ones.
 * @throws LabError as {@link readCheckpoint}.
 */
export async function modelOf(checkpoint: Uint8Array): ReturnType<typeof writeModel> {
  const {
    record: { id: _, ...told },
    state,
    best,
  } = await readCheckpoint(checkpoint);
  if (best === null) return writeModel(told, state.params);
  const { step, loss, metrics, params } = best;
  const figures = { ...told.metrics, ...evaluationMetrics({ loss, metrics }), "evaluation.step": step };
  return writeModel({ ...told, metrics: figures }, params);
}

/** An evaluation as a record's metrics have it. */
export function evaluationMetrics({ loss, metrics }: TrainingEvaluation): Readonly<Record<string, number>> {
  const named = Object.entries(metrics).map(([name, value]) => [`evaluation.${name}`, value]);
  return { ...Object.fromEntries(named), evaluation: loss };
}

function partOf(tensors: HostParams, prefix: string): HostParams {
  const entries = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
