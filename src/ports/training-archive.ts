import type { Tier } from "../core/problem";
import type { TrainingData, TrainingJob, TrainingProgress, WatchedText } from "./trainer";

/** A puzzle of the validation split that is asked about while a model is trained. */
export interface WatchedPuzzle {
  readonly tier: Tier;
  /** From 0, in the generator's sequence. */
  readonly index: number;
}

/** What a training is asked on the way. */
export interface TrainingWatch {
  readonly puzzle: WatchedPuzzle;
  readonly prompt: string;
  readonly maxTokens: number;
}

/** What it answered. */
export interface WatchedSample extends WatchedText {
  readonly step: number;
  /** Whether the answer is right; null where it could not be judged. */
  readonly isRight: boolean | null;
}

/** A point of a training's curves. */
export interface CurvePoint extends Pick<TrainingProgress, "step" | "tokens" | "loss" | "metrics"> {
  /** Loss on what is held out, where it was measured. */
  readonly evaluation: number | null;
  /** The objective's own figures on it, likewise. */
  readonly held: Readonly<Record<string, number>> | null;
}

/** A training as it is kept: what is to be done, and how far it is. */
export interface KeptTraining {
  readonly id: string;
  /** For people. */
  readonly title: string;
  readonly job: TrainingJob;
  /** ISO 8601. */
  readonly startedAt: string;
  /** As of the last part that was kept; null before the first. */
  readonly progress: TrainingProgress | null;
  /** Of the checkpoint that came of it; null before its end. */
  readonly checkpoint: string | null;
  /** Absent when nothing is asked of it. */
  readonly watch?: TrainingWatch;
  /** A person has paused it; otherwise one that is not finished has been broken off, and goes on. */
  readonly isPaused?: boolean;
  /** Tokens of the whole run; absent until its data were read. */
  readonly totalTokens?: number;
  /** Absent before the first. */
  readonly curve?: readonly CurvePoint[];
  readonly samples?: readonly WatchedSample[];
}

/** What is noted of a training on its way, beside what it needs to go on. */
export type TrainingNotes = Partial<Pick<KeptTraining, "isPaused" | "totalTokens" | "curve" | "samples">>;

/** The trainings of this browser, with all that they need to go on after a closed tab. */
export interface TrainingArchive {
  /** The newest first. */
  list(): Promise<readonly KeptTraining[]>;
  /** Begins a training, which is nobody else's. @throws LabError `storage/*`. */
  create(title: string, job: TrainingJob, data: TrainingData, watch?: TrainingWatch): Promise<KeptTraining>;
  data(id: string): Promise<TrainingData>;
  /** The file of its last part; null before the first. */
  part(id: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Keeps a part in the place of the one before, all at once or not at all. @throws LabError `storage/quota` and others. */
  keep(id: string, part: Uint8Array<ArrayBuffer>, progress: TrainingProgress | null): Promise<void>;
  /** Notes something of a training; one that was removed stays so. @throws LabError `storage/*`. */
  note(id: string, notes: TrainingNotes): Promise<void>;
  /** Notes what came of it; its last part goes. */
  finish(id: string, checkpoint: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Takes a training for this tab; null when another one has it. What it returns gives it free. */
  claim(id: string): Promise<(() => void) | null>;
}
