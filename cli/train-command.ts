import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../src/core/errors";
import type { BackendName } from "../src/model/backend";
import type { ObjectiveSpec, TrainingData, TrainingJob } from "../src/ports/trainer";
import { parseDatasetRecord } from "../src/selfplay/dataset";
import { type RecordShape, recordShapeOf, refuseHeldOut, splitLines } from "../src/training/data/records";
import { recordLines } from "../src/training/data/trees";
import { fineTuning, PRETRAINING, type TrainingTaskName } from "../src/training/presets";
import { readInputFile } from "./input";
import { ROOT } from "./root";
import { TINY_FOLDER, type TrainCommand } from "./train";

/** The options of `lab train` and `lab pretrain`; what is absent is as the presets have it. */
export interface TrainGiven {
  readonly seed: number;
  readonly backend: BackendName | "auto";
  readonly notes: string;
  readonly fresh?: boolean;
  readonly out?: string;
  readonly work?: string;
  readonly from?: string;
  readonly data?: readonly string[];
  readonly validation?: string;
  readonly corpus?: string;
  readonly objective?: "sft" | "dpo" | "pointwise" | "pairwise";
  readonly tokens?: number;
  readonly epochs?: number;
  readonly learningRate?: number;
  readonly batchesPerStep?: number;
  readonly replay?: number;
  readonly beta?: number;
  readonly nllWeight?: number;
  readonly labels?: "counts" | "soft" | "hard";
  readonly margin?: number;
  readonly frozen?: readonly string[];
  readonly keep?: "last" | "best";
}

/** Of problems, held out when nothing else is said. */
const VALIDATION_SHARE = 0.1;

/** What a training command is to do. @throws LabError `input/*` when its options do not go together. */
export function trainCommand(name: TrainingTaskName, given: TrainGiven): TrainCommand {
  const job = jobOf(name, given);
  const { notes, fresh, backend, from } = given;
  const { datasets, ...data } = dataOf(job, given);
  const outFolder = given.out ?? TINY_FOLDER;
  return {
    job: { ...job, ...(datasets.length === 0 ? {} : { datasets }) },
    data,
    workFolder: given.work ?? (name === "base" ? join(ROOT, ".cache/pretrain") : join(outFolder, "work")),
    outFolder,
    notes,
    backend,
    ...(fresh === undefined ? {} : { fresh }),
    ...(from === undefined || from === "tiny" ? {} : { from }),
  };
}

function jobOf(name: TrainingTaskName, given: TrainGiven): TrainingJob {
  const preset = presetOf(name, given);
  const { seed, tokens, epochs, learningRate, batchesPerStep, frozen, keep } = given;
  const length = tokens !== undefined ? { tokens } : epochs !== undefined ? { epochs } : preset.options.length;
  const changes = { peakLearningRate: learningRate, batchesPerStep, frozen, keep };
  return {
    ...preset,
    objective: withOptions(preset.objective, given),
    options: { ...preset.options, seed, length, ...defined(changes) },
    start: given.from ?? preset.start,
  };
}

function presetOf(name: TrainingTaskName, { from, objective, corpus }: TrainGiven): TrainingJob {
  if (name === "base") {
    const { objective: reading } = PRETRAINING;
    return from === undefined
      ? PRETRAINING
      : { ...PRETRAINING, objective: { ...reading, ...{ curriculumFrom: 1 } } as ObjectiveSpec };
  }
  if (corpus !== undefined) {
    const preset = fineTuning(name, "language-model");
    // A test-case generator learns something new from the beginning; all else goes on reading where the base has stopped.
    return { ...preset, objective: { name: "language-model", corpus, curriculumFrom: name === "tcg" ? 0 : 1 } };
  }
  if (name === "prm") return fineTuning(name, objective === "pairwise" ? "prm-pairwise" : "prm-pointwise");
  return fineTuning(name, objective === "dpo" ? "dpo" : "sft");
}

/** The objective with those of its options that were given. */
function withOptions(objective: ObjectiveSpec, given: TrainGiven): ObjectiveSpec {
  const own = Object.keys(objective).filter((key) => key !== "name" && key !== "corpus");
  const changes = Object.entries(given).filter(([key, value]) => own.includes(key) && value !== undefined);
  return { ...objective, ...Object.fromEntries(changes) };
}

function defined<T extends object>(values: T): { [Key in keyof T]: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** Records, and the data sets that they are of. */
interface GivenData extends TrainingData {
  readonly datasets: readonly string[];
}

/** The records, held-out ones apart; those of several data sets one after another. */
function dataOf({ objective }: TrainingJob, { data, validation, seed }: TrainGiven): GivenData {
  if (objective.name === "language-model") return { train: "", validation: "", datasets: [] };
  if (data === undefined) {
    throw new LabError("input/no-records", "There is nothing to learn from.", "Give --data, or --corpus in its place.");
  }
  const shape = recordShapeOf(objective.name) ?? "completion";
  const parts = data.map((path) => partOf(path, shape, validation, seed));
  const joined = (lines: (part: (typeof parts)[number]) => string) => parts.map(lines).join("\n");
  return {
    train: joined(({ train }) => train),
    validation:
      validation === undefined ? joined((part) => part.validation) : recordLines(readInputFile(validation), shape),
    datasets: parts.map(({ dataset }) => dataset),
  };
}

/** One data set's records; `validation` is where others are held out. */
function partOf(data: string, shape: RecordShape, validation: string | undefined, seed: number) {
  const isFolder = statSync(data, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const read = (path: string) => recordLines(readInputFile(path), shape);
  // What `lab collect` writes is trees, from which each objective takes what it needs.
  const inside = ["train.jsonl", "trees.jsonl"].map((name) => join(data, name));
  const path = isFolder ? (inside.find((each) => existsSync(each)) ?? join(data, "train.jsonl")) : data;
  const train = read(path);
  refuseHeldOut(train, data);
  const dataset = datasetId(isFolder ? join(data, "dataset.json") : null, path);
  const beside = join(data, "validation.jsonl");
  if (validation !== undefined) return { train, validation: "", dataset };
  if (isFolder && existsSync(beside)) return { train, validation: read(beside), dataset };
  return { ...splitLines(train, VALIDATION_SHARE, seed), dataset };
}

/** The id in a data set's record, where it has one; else that of its lines, which is found in the same way. */
function datasetId(record: string | null, path: string): string {
  if (record !== null && existsSync(record)) return parseDatasetRecord(readInputFile(record)).id;
  const lines = readInputFile(path).split("\n").filter(Boolean);
  return createHash("sha256")
    .update(lines.map((line) => `${line}\n`).join(""))
    .digest("hex")
    .slice(0, 16);
}
