/**
 * A training that outlives its page: it is advanced piece by piece, and what it would need to go on is kept every so often, so that
 * a closed tab, a crash or a full disk costs a few seconds of it at most.
 */
import { type ErrorData, LabError, toErrorData } from "../core/errors";
import type { CheckpointStore, KeptCheckpoint } from "../ports/checkpoint-store";
import type { Trainer, TrainingData, TrainingEvaluation, TrainingJob, TrainingProgress } from "../ports/trainer";
import type { KeptTraining, TrainingArchive } from "../ports/training-archive";
import { readCheckpoint } from "./checkpoint";
import { writeModel } from "./model-file";

/** Where a session stands. */
export interface SessionReport {
  readonly progress: TrainingProgress;
  /** On what is held out, where it was just measured. */
  readonly evaluation: TrainingEvaluation | null;
  /** Why the last part could not be kept; training goes on, and it is tried again. */
  readonly notKept: ErrorData | null;
}

/** What a session needs of its surroundings. */
export interface SessionWorld {
  readonly archive: TrainingArchive;
  /** Where the finished model goes. */
  readonly checkpoints: CheckpointStore;
  /**
   * Starts a run, from the file of an earlier part if there is one.
   * @param isSafe whether what has just failed (a GPU, for one) is to be avoided.
   */
  open(job: TrainingJob, data: TrainingData, part: Uint8Array | null, isSafe: boolean): Promise<Trainer>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

const STEPS_PER_REPORT = 10;

/** Wall milliseconds between parts that are kept. */
const KEEP_EVERY_MS = 5_000;

/** Reports between evaluations. */
const EVALUATE_EVERY = 20;

/** Ends of a device or a worker in a row, without a part kept in between, that are borne. */
const MOST_DEATHS = 2;

/**
 * Does a training, or goes on with what is kept of it, until it is done or `signal` fires; then its last part is kept, and the next
 * call goes on from there.
 * @returns the checkpoint that came of it; null when it was paused.
 * @throws LabError `model/diverged` (the last good part stays kept), `storage/busy` when another tab is at it, `storage/*` when the
 * finished model cannot be kept (its last part stays), or what else ends it.
 */
export async function* runSession(
  training: KeptTraining,
  world: SessionWorld,
  signal: AbortSignal,
): AsyncGenerator<SessionReport, KeptCheckpoint | null> {
  const { archive, checkpoints } = world;
  const release = await archive.claim(training.id);
  if (release === null) {
    throw new LabError(
      "storage/busy",
      "This training is under way in another tab.",
      "Pause it there, or start one of your own.",
    );
  }
  const session = new Session(training, world);
  try {
    const part = yield* session.run(signal);
    if (part === null) return null;
    const {
      record: { id: _, ...told },
      state,
    } = await readCheckpoint(part);
    const { record, file } = await writeModel(told, state.params);
    const kept = await checkpoints.put(record, file);
    await archive.finish(training.id, record.id);
    return kept;
  } finally {
    session.close();
    release();
  }
}

class Session {
  readonly #training: KeptTraining;
  readonly #world: SessionWorld;
  #trainer: Trainer | null = null;
  #keptAt: number;
  #notKept: ErrorData | null = null;
  #deaths = 0;

  constructor(training: KeptTraining, world: SessionWorld) {
    this.#training = training;
    this.#world = world;
    this.#keptAt = world.now();
  }

  async *run(signal: AbortSignal): AsyncGenerator<SessionReport, Uint8Array<ArrayBuffer> | null> {
    for (let reports = 1; !signal.aborted; reports++) {
      const report = await this.#advance(signal, reports % EVALUATE_EVERY === 0);
      if (report === null) continue;
      yield report;
      if (report.progress.done) return this.#keep(report.progress);
    }
    await this.#keep(null);
    return null;
  }

  close(): void {
    this.#trainer?.dispose();
  }

  /** Some steps; null when they were broken off, by a pause or by a death that was borne. */
  async #advance(signal: AbortSignal, evaluates: boolean): Promise<SessionReport | null> {
    try {
      this.#trainer ??= await this.#open();
      const progress = await this.#trainer.advance(STEPS_PER_REPORT, signal);
      const evaluation = evaluates || progress.done ? await this.#trainer.evaluate() : null;
      if (this.#world.now() - this.#keptAt >= KEEP_EVERY_MS) await this.#keep(progress);
      return { progress, evaluation, notKept: this.#notKept };
    } catch (thrown) {
      if (signal.aborted) return null;
      if (toErrorData(thrown).code === "model/diverged" || ++this.#deaths > MOST_DEATHS) throw thrown;
      // A device or a worker that is gone: what is kept is not.
      this.#trainer?.dispose();
      this.#trainer = null;
      return null;
    }
  }

  async #open(): Promise<Trainer> {
    const { id, job } = this.#training;
    const { archive, open } = this.#world;
    const [data, part] = [await archive.data(id), await archive.part(id)];
    return open(job, data, part, this.#deaths > 0);
  }

  /** Keeps what is needed to go on; that it cannot be kept is told and does not end the training. */
  async #keep(progress: TrainingProgress | null): Promise<Uint8Array<ArrayBuffer> | null> {
    const part = (await this.#trainer?.checkpoint()) ?? null;
    if (part === null) return null;
    this.#keptAt = this.#world.now();
    try {
      await this.#world.archive.keep(this.#training.id, part, progress);
      this.#notKept = null;
      this.#deaths = 0;
    } catch (thrown) {
      this.#notKept = toErrorData(thrown);
    }
    return part;
  }
}
