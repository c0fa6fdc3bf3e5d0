import type { StoreApi } from "zustand/vanilla";
import type { ReasoningTree } from "../../core/data/reasoning";
import type { ErrorData } from "../../core/errors";
import type { CheckpointStore, KeptCheckpoint } from "../../ports/checkpoint-store";
import type { CodeRunner } from "../../ports/code-runner";
import type { DatasetStore, KeptDataset } from "../../ports/dataset-store";
import type { Preparation } from "../../ports/experiment-runner";
import type { PolicyModel } from "../../ports/policy-model";
import type { TrainingSetup } from "../../ports/trainer";
import type { KeptTraining, TrainingArchive, WatchedPuzzle } from "../../ports/training-archive";
import type { TreeCollector } from "../../rpc/runner";
import type { SessionWorld } from "../../training/session";
import type { Notice } from "../view-slice";
import type { StageId, StageSettings } from "./stages";

/** What this tab is doing. */
export interface Work {
  readonly stage: StageId;
  /** Of the training or of the data set. */
  readonly id: string;
  /** What is got ready; null once it is under way. */
  readonly preparation: Preparation | null;
  /** How much of it is done, in [0, 1]. */
  readonly share: number;
  /** Null while it cannot be told. */
  readonly secondsLeft: number | null;
  /** Where it was gone on with, in words; null when it was begun in this sitting. */
  readonly resumedAt: string | null;
  readonly isStopping: boolean;
  /** Why what is done cannot be kept just now. */
  readonly notKept: ErrorData | null;
}

/** Lines of a file that could not be taken. */
export interface ImportNote {
  readonly taken: number;
  readonly refused: readonly { readonly line: number; readonly message: string }[];
}

/** A part of a data set that is looked into: of one that was made here its newest lines, the newest first; of a file its first lines. */
export interface OpenDataset {
  /** Its trees; none when its lines are records, which stand in `records`. */
  readonly trees: readonly ReasoningTree[];
  readonly records: readonly string[];
}

/** Lines of a data set that are looked into at once. */
export const MOST_OPENED = 60;

/** The Train view: its pipeline, what was trained and collected in this browser, and what this tab is doing. */
export interface TrainState {
  /** Everything that is kept was looked up. */
  readonly isLoaded: boolean;
  readonly stage: StageId;
  readonly settings: Readonly<Record<StageId, StageSettings>>;
  /** What models are asked about while they are trained. */
  readonly puzzle: WatchedPuzzle;
  /** Newest first, both. */
  readonly trainings: readonly KeptTraining[];
  readonly datasets: readonly KeptDataset[];
  readonly work: Work | null;
  /** Why a stage ended before its end. */
  readonly faults: Readonly<Partial<Record<StageId, ErrorData | null>>>;
  /** Trainings and data sets that another tab is at. */
  readonly elsewhere: readonly string[];
  /** What trainings of this sitting have come to mean with their data, by their ids. */
  readonly setups: Readonly<Record<string, TrainingSetup>>;
  /** Why the browser keeps nothing. */
  readonly storageFault: ErrorData | null;
  readonly imported: ImportNote | null;
  /** Looks up what is kept, and goes on with what was broken off. */
  load(): Promise<void>;
  /** Looks up what other tabs have come to meanwhile. */
  refresh(): Promise<void>;
  select(stage: StageId): void;
  edit(stage: StageId, change: Partial<StageSettings>): void;
  /** Chooses the puzzle that the next trainings are asked about. */
  watch(puzzle: WatchedPuzzle): void;
  /** Begins a stage as it is set up. Says what is missing where something is. */
  start(stage: StageId): Promise<void>;
  /** Goes on with a training or a data set that was paused. */
  resume(id: string): Promise<void>;
  /** Pauses what this tab is doing. */
  pause(): Promise<void>;
  /** Ends a training that was paused or broken off: what it has learnt becomes a checkpoint. */
  finish(training: string): Promise<void>;
  /** Removes a training that is not finished, also the one under way; what it has learnt is lost. */
  cancel(training: string): Promise<void>;
  /** What is in a data set, also while it is made; null when it cannot be read, which is told. */
  openDataset(id: string): Promise<OpenDataset | null>;
  removeDataset(id: string): Promise<void>;
  /** A data set as a file: its lines as they are, or as one of the files that TRL reads. */
  datasetText(id: string, file: string): Promise<string>;
  /** Takes trees or records in; what cannot be taken stands in `imported`. */
  importDataset(title: string, text: string): Promise<void>;
  removeCheckpoint(id: string): Promise<void>;
  /** A checkpoint as a zip of its Hugging Face folder; null when it cannot be had, which is told. */
  checkpointZip(id: string): Promise<Uint8Array<ArrayBuffer> | null>;
  importCheckpoint(zip: Uint8Array): Promise<void>;
}

/** What training needs of the world; chosen in main.tsx. */
export interface TrainDependencies {
  readonly archive: TrainingArchive;
  readonly datasets: DatasetStore;
  readonly checkpoints: CheckpointStore;
  readonly collector: TreeCollector;
  /** How sessions open trainers; `tell` is told what a trainer waits for. */
  readonly trainerOpener: (tell: (preparation: Preparation) => void) => SessionWorld["open"];
  /** A tiny model that can be asked; there is one model at a time, whoever wants it. */
  readonly policy: (
    model: string,
    tell: (preparation: Preparation) => void,
    signal: AbortSignal,
  ) => Promise<PolicyModel>;
  /** Judges what models write while they are trained. */
  readonly judge: CodeRunner;
  /** The text of the tiny model's tokenizer.json. */
  readonly tokenizer: () => Promise<string>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** What the store needs besides. */
export interface TrainWorld extends TrainDependencies {
  readonly notify: (notice: Notice) => void;
  /** Takes away what was told last. */
  readonly dismissNotice: () => void;
  /** The checkpoints that the app knows of, newest first. */
  readonly knownCheckpoints: () => readonly KeptCheckpoint[];
  /** Looks them up again. */
  readonly loadCheckpoints: () => Promise<void>;
  /** Takes the zip of one in; what is wrong with it is told. */
  readonly importCheckpoint: (zip: Uint8Array) => Promise<unknown>;
}

/** The store of the Train view. */
export type TrainStore = StoreApi<TrainState>;
