import { z } from "zod";
import { LabError } from "../core/errors";
import { readSafetensors, writeSafetensors } from "../model/io/safetensors";
import type { HostParams, HostTensor } from "../model/network/parameters";
import type { PackableExample } from "./data/packing";

/** Everything a training run needs to go on exactly where it was. */
export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  /** Tokens read, padding not counted. */
  readonly tokens: number;
  /** Exponential mean of the loss so far. */
  readonly smoothedLoss: number;
  readonly waiting: readonly PackableExample[];
  readonly params: HostParams;
  readonly first: HostParams;
  readonly second: HostParams;
}

const positionSchema = z.object({
  step: z.int().min(0),
  tokens: z.int().min(0),
  smoothedLoss: z.number(),
  waiting: z.array(z.object({ tokens: z.array(z.int().min(0)), weights: z.array(z.number().min(0)) })),
});

const PARTS = ["params", "first", "second"] as const;

/** A checkpoint as one safetensors file: three sets of float32 tensors, the rest as JSON in its metadata. */
export function writeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, HostTensor>();
  for (const part of PARTS) {
    for (const [name, tensor] of checkpoint[part]) tensors.set(`${part}/${name}`, tensor);
  }
  const { step, tokens, smoothedLoss, waiting } = checkpoint;
  return writeSafetensors(tensors, "F32", { position: JSON.stringify({ step, tokens, smoothedLoss, waiting }) });
}

/**
 * The inverse of {@link writeCheckpoint}.
 * @throws LabError `model/bad-weights`, `model/bad-checkpoint`
 */
export function readCheckpoint(file: Uint8Array): Checkpoint {
  const { tensors, metadata } = readSafetensors(file);
  const position = positionSchema.safeParse(JSON.parse(metadata.position ?? "null"));
  if (!position.success) {
    throw new LabError("model/bad-checkpoint", "The file is not a checkpoint of this app.", "Start training anew.");
  }
  const part = (prefix: string): HostParams =>
    new Map(
      [...tensors].flatMap(([name, tensor]) =>
        name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), tensor]] : [],
      ),
    );
  return { ...position.data, params: part("params"), first: part("first"), second: part("second") };
}
