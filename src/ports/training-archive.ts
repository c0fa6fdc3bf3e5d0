import type { TrainingData, TrainingJob, TrainingProgress } from "./trainer";

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
}

/** The trainings of this browser, with all that they need to go on after a closed tab. */
export interface TrainingArchive {
  /** The newest first. */
  list(): Promise<readonly KeptTraining[]>;
  /** Begins a training, which is nobody else's. @throws LabError `storage/*`. */
  create(title: string, job: TrainingJob, data: TrainingData): Promise<KeptTraining>;
  data(id: string): Promise<TrainingData>;
  /** The file of its last part; null before the first. */
  part(id: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Keeps a part in the place of the one before, all at once or not at all. @throws LabError `storage/quota` and others. */
  keep(id: string, part: Uint8Array<ArrayBuffer>, progress: TrainingProgress | null): Promise<void>;
  /** Notes what came of it; its last part goes. */
  finish(id: string, checkpoint: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Takes a training for this tab; null when another one has it. What it returns gives it free. */
  claim(id: string): Promise<(() => void) | null>;
}
