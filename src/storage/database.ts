import { Dexie, type DexieOptions, type Table } from "dexie";
import { LabError } from "../core/errors";
import type { Problem, TestCase } from "../core/problem";
import type { TimedEvent } from "../core/run/events";
import type { KeptOutcome } from "../experiment/compare/cells";
import type { ComparisonRecord } from "../experiment/compare/compare";
import type { KeptComparisonSpec } from "../experiment/compare/spec";
import type { KeptCheckpoint } from "../ports/checkpoint-store";
import type { KeptDataset } from "../ports/dataset-store";
import type { Collection } from "../ports/problem-store";
import type { TrainingData } from "../ports/trainer";
import type { KeptTraining } from "../ports/training-archive";

/** A problem as the search may see it. */
export interface ProblemRow {
  readonly collection: string;
  /** Place in the source, from 0. */
  readonly position: number;
  readonly id: string;
  readonly problem: Problem;
}

/** What decides a problem's score. In a table of its own, so that listing problems never reads it. */
export interface AnswerRow {
  readonly collection: string;
  readonly position: number;
  readonly hiddenTests: readonly TestCase[];
  readonly references: readonly string[];
}

/** A comparison that was begun, by any version of the app. */
export interface BenchRow extends Omit<ComparisonRecord, "spec"> {
  readonly spec: KeptComparisonSpec;
}

/** What came of one cell of a comparison on one problem. */
export interface OutcomeRow {
  readonly bench: string;
  readonly cell: string;
  /** The problem's id. */
  readonly id: string;
  readonly outcome: KeptOutcome;
}

/** The log of one such run. In a table of its own, so that reading a comparison's figures never reads it. */
export interface LogRow {
  readonly bench: string;
  readonly cell: string;
  readonly id: string;
  readonly log: readonly TimedEvent[];
}

/** A checkpoint as it is listed. */
export interface CheckpointRow extends KeptCheckpoint {
  readonly id: string;
}

/** The file of a checkpoint, or of a training's last part. In a table of its own, so that listing checkpoints never reads it. */
export interface WeightsRow {
  readonly id: string;
  readonly file: Uint8Array<ArrayBuffer>;
}

/** What a training learns from. In a table of its own, so that listing trainings never reads it. */
export interface TrainingDataRow {
  readonly id: string;
  readonly data: TrainingData;
}

/** A line of a data set. In a table of its own, so that listing data sets never reads it. */
export interface DatasetLineRow {
  readonly dataset: string;
  /** From 0. */
  readonly position: number;
  readonly text: string;
}

/** The name of the app's database. */
export const DATABASE_NAME = "o1-coder-lab";

/**
 * What this browser keeps in IndexedDB. A change of the tables is a new `version` below the old ones, with an `upgrade`
 * when rows have to change; the old ones stay, because browsers out there hold them.
 */
export class LabDatabase extends Dexie {
  declare readonly collections: Table<Collection, string>;
  declare readonly problems: Table<ProblemRow, [string, number]>;
  declare readonly answers: Table<AnswerRow, [string, number]>;
  declare readonly benches: Table<BenchRow, string>;
  declare readonly outcomes: Table<OutcomeRow, [string, string, string]>;
  declare readonly logs: Table<LogRow, [string, string, string]>;
  declare readonly checkpoints: Table<CheckpointRow, string>;
  declare readonly weights: Table<WeightsRow, string>;
  declare readonly trainings: Table<KeptTraining, string>;
  declare readonly trainingData: Table<TrainingDataRow, string>;
  declare readonly trainingParts: Table<WeightsRow, string>;
  declare readonly datasets: Table<KeptDataset, string>;
  declare readonly datasetLines: Table<DatasetLineRow, [string, number]>;

  /** @param options for tests: another IndexedDB. */
  constructor(name = DATABASE_NAME, options?: DexieOptions) {
    super(name, options);
    this.version(1).stores({
      collections: "id",
      problems: "[collection+position], &[collection+id]",
      answers: "[collection+position]",
      benches: "id",
      outcomes: "[bench+cell+id], bench",
      logs: "[bench+cell+id], bench",
    });
    this.version(2).stores({
      checkpoints: "id",
      weights: "id",
      trainings: "id",
      trainingData: "id",
      trainingParts: "id",
    });
    this.version(3).stores({
      datasets: "id",
      datasetLines: "[dataset+position], dataset",
    });
  }
}

/**
 * Does something with the database; what it throws is for people.
 * @throws LabError `storage/*`, or the one that `call` throws.
 */
export async function guarded<T>(call: () => PromiseLike<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw toStorageError(thrown);
  }
}

/** What a failed call of IndexedDB means for people. */
export function toStorageError(thrown: unknown): LabError {
  if (thrown instanceof LabError) return thrown;
  const names = errorNames(thrown);
  const is = (...wanted: readonly string[]) => wanted.some((name) => names.has(name));
  const options = { cause: thrown };
  if (is("QuotaExceededError")) {
    return new LabError(
      "storage/quota",
      "The browser has no room left for this, so nothing was changed.",
      "Remove a collection or a cached model, or free disk space, and try again.",
      options,
    );
  }
  if (is("MissingAPIError", "OpenFailedError", "InvalidStateError", "SecurityError", "UnknownError")) {
    return new LabError(
      "storage/blocked",
      "The browser lets this page keep nothing.",
      "Allow it to store data, or leave the private window; until then, collections last as long as the page.",
      options,
    );
  }
  if (is("DatabaseClosedError")) {
    return new LabError("storage/closed", "The browser has closed this page's storage.", "Reload the page.", options);
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LabError("storage/failed", `The browser's storage failed: ${message}`, "Reload the page.", options);
}

/** The names of an error and of those inside it: Dexie wraps what IndexedDB throws, in bulk calls more than once. */
function errorNames(thrown: unknown, depth = 0): Set<string> {
  if (typeof thrown !== "object" || thrown === null || depth > 4) return new Set();
  const { name, inner, failures } = thrown as { name?: unknown; inner?: unknown; failures?: readonly unknown[] };
  const inside = [inner, ...(Array.isArray(failures) ? failures.slice(0, 1) : [])];
  return new Set([String(name), ...inside.flatMap((each) => [...errorNames(each, depth + 1)])]);
}
