import { existsSync, readFileSync } from "node:fs";
import { LabError } from "../src/core/errors";
import type { EvalTestsRequest, TestMethod } from "../src/lab/tests";
import { readSafetensors, writeSafetensors } from "../src/model/io/safetensors";
import { readCheckpoint } from "../src/training/checkpoint";

/** What is given on the command line. */
export interface EvalTestsGiven extends Omit<EvalTestsRequest, "method" | "weights"> {
  readonly method?: TestMethod;
  /** `tiny`, or a file: a training's checkpoint or a model.safetensors. */
  readonly checkpoint: string;
}

/**
 * What the page is asked. Without a method, a test-case generator's checkpoint plans and any other model answers directly.
 * @throws LabError `input/file`, `model/*` when the file is none of a model.
 */
export async function evalTestsRequest({ checkpoint, method, ...rest }: EvalTestsGiven): Promise<EvalTestsRequest> {
  if (checkpoint === "tiny") return { ...rest, method: method ?? "direct" };
  const bytes = readBytes(checkpoint);
  const isCheckpoint = readSafetensors(bytes).metadata.record !== undefined;
  if (!isCheckpoint) return { ...rest, method: method ?? "direct", weights: base64(bytes) };
  const { record, state } = await readCheckpoint(bytes);
  const weights = base64(writeSafetensors(state.params, "F16"));
  return { ...rest, method: method ?? (record.kind === "tcg" ? "planned" : "direct"), weights };
}

function readBytes(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    const isThere = existsSync(path);
    const message = isThere ? `The file ${path} cannot be read.` : `There is no file ${path}.`;
    throw new LabError("input/file", message, "Name a checkpoint or a model.safetensors, or tiny.");
  }
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
