/** What a folder of results holds, whatever else lies in it. */
import { readdirSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { z } from "zod";
import { LabError, toErrorData } from "../../src/core/errors";
import type { ComparisonOutcome } from "../../src/experiment/compare/cells";
import { parseComparisonFile } from "../../src/experiment/compare/comparison-file";
import type { ComparisonSpec } from "../../src/experiment/compare/spec";
import { type DatasetRecord, parseDatasetRecord } from "../../src/selfplay/dataset";
import { readInputFile } from "../input";
import { type ResultFile, readResult } from "../result-file";

/** A saved comparison. */
export interface SavedComparison {
  /** Its file, as a path in the folder. */
  readonly path: string;
  readonly spec: ComparisonSpec;
  readonly outcomes: readonly ComparisonOutcome[];
}

const curve = z.array(z.tuple([z.number(), z.number()]));

/** A training's record; of old ones and of those under way much is not known. */
const trainingSchema = z.object({
  id: z.string().optional(),
  kind: z.string().optional(),
  objective: z.string().optional(),
  parents: z.array(z.string()).optional(),
  seed: z.number().optional(),
  /** `corpus` and `dataset` among them. */
  options: z.record(z.string(), z.unknown()).optional(),
  parameters: z.number().optional(),
  tokens: z.number(),
  wallSeconds: z.number().optional(),
  command: z.string().optional(),
  metrics: z.record(z.string(), z.number()).optional(),
  /** [tokens, value] each. */
  lossCurve: curve,
  evaluationCurve: curve.optional(),
  metricCurves: z.record(z.string(), curve).optional(),
});

/** A training, over or under way. */
export interface Training extends z.infer<typeof trainingSchema> {
  /** The folder of its model, as a path in the folder of results. */
  readonly path: string;
}

/** A file that could not be taken. */
export interface SkippedFile {
  readonly path: string;
  /** One sentence. */
  readonly why: string;
}

/** See the file's head; everything in the order of its path. */
export interface ResultFolder {
  readonly results: readonly ResultFile[];
  readonly comparisons: readonly SavedComparison[];
  readonly trainings: readonly Training[];
  readonly datasets: readonly (DatasetRecord & { readonly path: string })[];
  readonly skipped: readonly SkippedFile[];
}

/** Parts of a model's or a data set's folder, which tell nothing that its record does not. */
const PARTS = /^(config|tokenizer|task)\.json$|^(trees|stepwise|preference|sft|train|validation)\.jsonl$/;

/**
 * Reads all results in a folder and below it. Total: what is none is named.
 * @throws LabError `input/file` when there is no such folder.
 */
export function readResults(folder: string): ResultFolder {
  const results: ResultFile[] = [];
  const comparisons: SavedComparison[] = [];
  const trainings: Training[] = [];
  const datasets: (DatasetRecord & { readonly path: string })[] = [];
  const skipped: SkippedFile[] = [];
  const paths = filesIn(folder);
  for (const path of paths) {
    const text = () => readInputFile(join(folder, path));
    try {
      const name = basename(path);
      if (name === "curve.jsonl") trainings.push(...underWay(path, paths, text));
      else if (name === "training-record.json") trainings.push(readTraining(path, text()));
      else if (name === "dataset.json") datasets.push({ ...parseDatasetRecord(text()), path: dirname(path) });
      else if (name.endsWith(".json")) {
        const json = parsed(text());
        const result = readResult(json);
        if (result) results.push(result);
        else if (isTagged(json)) comparisons.push({ path, ...parseComparisonFile(text()) });
        else skipped.push({ path, why: NO_RESULT });
      } else skipped.push({ path, why: NO_RESULT });
    } catch (thrown) {
      skipped.push({ path, why: toErrorData(thrown).message });
    }
  }
  return { results, comparisons, trainings, datasets, skipped };
}

const NO_RESULT = "It is no result that a report knows.";

/** Whether a file says what format it has, as a comparison does. */
const isTagged = (json: unknown): boolean => typeof json === "object" && json !== null && "format" in json;

/** Paths of what may be results, sorted, below a folder. */
function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.jsonl?$/.test(entry.name) && !PARTS.test(entry.name))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .filter((path) => !path.includes("node_modules"))
      .sort();
  } catch {
    throw new LabError("input/file", `There is no folder ${folder}.`, "Name the folder that results were kept in.");
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LabError("input/json", "It is not JSON.");
  }
}

function readTraining(path: string, text: string): Training {
  const record = trainingSchema.safeParse(parsed(text));
  if (record.success) return { ...record.data, path: dirname(path) };
  throw new LabError("input/json", "It is not the record of a training.");
}

const pointSchema = z.object({
  tokens: z.number(),
  loss: z.number().nullable(),
  seconds: z.number(),
  evaluation: z.number().optional(),
  evaluationMetrics: z.record(z.string(), z.number()).optional(),
});

/** A training without a record: it is not over yet. Those that are over have their curve in their record. */
function underWay(path: string, paths: readonly string[], text: () => string): readonly Training[] {
  const work = dirname(path);
  const folder = basename(work) === "work" ? dirname(work) : work;
  if ([work, folder].some((each) => paths.includes(join(each, "training-record.json")))) return [];
  const points = text()
    .split("\n")
    .flatMap((line) => pointSchema.safeParse(lineOf(line)).data ?? []);
  const last = points.at(-1);
  if (!last) throw new LabError("input/json", "It holds no point of a training.");
  const known = (value: (point: (typeof points)[number]) => number | null | undefined) =>
    points.flatMap((point): [number, number][] => {
      const figure = value(point);
      return typeof figure === "number" ? [[point.tokens, figure]] : [];
    });
  const names = new Set(points.flatMap(({ evaluationMetrics = {} }) => Object.keys(evaluationMetrics)));
  const curveOf = (name: string) => known(({ evaluationMetrics }) => evaluationMetrics?.[name]);
  return [
    {
      path: folder,
      tokens: last.tokens,
      wallSeconds: last.seconds,
      lossCurve: known(({ loss }) => loss),
      evaluationCurve: known(({ evaluation }) => evaluation),
      metricCurves: Object.fromEntries([...names].map((name) => [name, curveOf(name)])),
    },
  ];
}

function lineOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
