import { readSafetensors, writeSafetensors } from "../model/io/safetensors";
import type { HostParams, HostTensor } from "../model/network/parameters";
import type { LearnerState } from "./learner";
import { badCheckpoint, contentId, type ModelRecord, parseJson, readRecord } from "./model-file";

/** Everything a training run needs to go on exactly where it was. */
export interface Checkpoint {
  readonly record: ModelRecord;
  readonly state: LearnerState;
  /** Where the stream of batches is, as JSON; what it means is the objective's. */
  readonly position: unknown;
}

/** Tensors of a checkpoint's file, by what their names begin with. */
const PARTS = ["params", "first", "second"] as const;

/** A checkpoint as one safetensors file: parameters and moments in float32, the rest as JSON in its metadata. */
export async function writeCheckpoint({
  record,
  state,
  position,
}: {
  readonly record: Omit<ModelRecord, "id">;
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
  const position = parseJson(metadata.position);
  if (position === undefined) throw badCheckpoint("The file is not a checkpoint of this app.");
  const [params, first, second] = PARTS.map((part) => partOf(tensors, `${part}/`));
  const state = { params: params ?? new Map(), first: first ?? new Map(), second: second ?? new Map() };
  return { record: await readRecord(metadata, state.params), state, position };
}

function partOf(tensors: HostParams, prefix: string): HostParams {
  const entries = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
