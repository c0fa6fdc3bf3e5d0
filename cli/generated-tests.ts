import { LabError } from "../src/core/errors";
import type { EvalTestsRequest, TestMethod, TestPairsRequest } from "../src/lab/tests";
import { readSafetensors, writeSafetensors } from "../src/model/io/safetensors";
import type { CheckpointRecord } from "../src/ports/checkpoint-store";
import { readCheckpoint } from "../src/training/checkpoint";
import { readModel } from "../src/training/model-file";
import { folderAt } from "./checkpoints";

/** What is given on the command line. */
export interface EvalTestsGiven extends Omit<EvalTestsRequest, "method" | "weights"> {
  readonly method?: TestMethod;
  /** `tiny`, or a trained model: its folder, zip or file, a training's checkpoint, or the name of one that comes with the app. */
  readonly checkpoint: string;
}

/** What is given for preference pairs. */
export interface TestPairsGiven extends Omit<TestPairsRequest, "weights"> {
  readonly checkpoint: string;
}

/** What the page is asked, and whose tests it is about: nobody's for `tiny`. */
interface EvalTestsWork {
  readonly request: EvalTestsRequest;
  readonly records: readonly CheckpointRecord[];
}

/**
 * What the page is asked. Without a method, a test-case generator's checkpoint plans and any other model answers directly.
 * @throws LabError `input/file`, `model/*` when the file is none of a model.
 */
export async function evalTestsRequest({ checkpoint, method, ...rest }: EvalTestsGiven): Promise<EvalTestsWork> {
  const { record, ...weights } = await readWeights(checkpoint);
  const usual = record?.kind === "tcg" ? "planned" : "direct";
  return { request: { ...rest, ...weights, method: method ?? usual }, records: record ? [record] : [] };
}

/** What the page is asked for. @throws LabError as {@link evalTestsRequest}. */
export async function testPairsRequest({ checkpoint, ...rest }: TestPairsGiven): Promise<TestPairsRequest> {
  const { weights } = await readWeights(checkpoint);
  return { ...rest, ...(weights === undefined ? {} : { weights }) };
}

/** The parameters of a checkpoint or a model's file, in base64, and its record, if it has one; nothing for `tiny`. */
async function readWeights(
  checkpoint: string,
): Promise<{ readonly record?: CheckpointRecord; readonly weights?: string }> {
  if (checkpoint === "tiny") return {};
  const bytes = await readBytes(checkpoint);
  const { metadata } = readSafetensors(bytes);
  if (metadata.record === undefined) return { weights: base64(bytes) };
  if (metadata.position === undefined) return { record: (await readModel(bytes)).record, weights: base64(bytes) };
  const { record, state } = await readCheckpoint(bytes);
  return { record, weights: base64(writeSafetensors(state.params, "F16")) };
}

async function readBytes(path: string): Promise<Uint8Array> {
  const { "model.safetensors": file } = await folderAt(path);
  if (file) return new Uint8Array(file);
  const hint = "Name a folder or zip that lab train has written, a file of weights, or tiny.";
  throw new LabError("input/file", `There is no model at ${path}.`, hint);
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
