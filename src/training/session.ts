/**
 * A training that outlives its page: it is advanced piece by piece, and what it would need to go on is kept every so often, so that
 * a closed tab, a crash or a full disk costs a few seconds of it at most.
 */
import { type ErrorData, LabError, toErrorData } from "../core/errors";
import type { CheckpointStore, KeptCheckpoint } from "../ports/checkpoint-store";
import type {
  Trainer,
  TrainingData,
  TrainingEvaluation,
  TrainingJob,
  TrainingProgress,
  TrainingSetup,
  WatchedText,
} from "../ports/trainer";
import type { KeptTraining, TrainingArchive } from "../ports/training-archive";
import { modelOf } from "./checkpoint";

/** Where a session stands. */
export interface SessionReport {
  readonly progress: TrainingProgress;
  readonly setup: TrainingSetup;
  /** On what is held out, where it was just measured. */
  readonly evaluation: TrainingEvaluation | null;
  /** What the training answers to what it is asked, where it was just asked. */
  readonly watched: WatchedText | null;
  /** Why the last part could not be kept; training goes on, and it is tried again. */
  readonly notKept: ErrorData | null;
}

/** What codes of errors begin with that another try would only meet again. */
const FINAL = ["input/", "storage/", "model/diverged", "model/no-such-checkpoint"] as const;

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

/** Evaluations of a run, beside the one at the beginning of each sitting. */
const EVALUATIONS = 12;

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
  const release = await claimed(training, world);
  const session = new Session(training, world);
  try {
    const part = yield* session.run(signal);
    return part && (await publish(training, part, world));
  } finally {
    session.close();
    release();
  }
}

/**
 * Ends a training where it is: its last part becomes a checkpoint.
 * @returns null when nothing is kept of it yet.
 * @throws LabError `storage/*`; `storage/busy` when another tab is at it.
 */
export async function endSession(
  training: KeptTraining,
  world: Pick<SessionWorld, "archive" | "checkpoints">,
): Promise<KeptCheckpoint | null> {
  const release = await claimed(training, world);
  try {
    const part = await world.archive.part(training.id);
    return part && (await publish(training, part, world));
  } finally {
    release();
  }
}

async function claimed({ id }: KeptTraining, { archive }: Pick<SessionWorld, "archive">): Promise<() => void> {
  const release = await archive.claim(id);
  if (release !== null) return release;
  throw new LabError(
    "storage/busy",
    "This training is under way in another tab.",
    "Pause it there, or start one of your own.",
  );
}

/** A part as a model among the checkpoints. */
async function publish(
  { id: training }: KeptTraining,
  part: Uint8Array,
  { archive, checkpoints }: Pick<SessionWorld, "archive" | "checkpoints">,
): Promise<KeptCheckpoint> {
  const { record, file } = await modelOf(part);
  const kept = await checkpoints.put(record, file);
  await archive.finish(training, record.id);
  return kept;
}

class Session {
  readonly #training: KeptTraining;
  readonly #world: SessionWorld;
  #trainer: { readonly run: Trainer; readonly setup: TrainingSetup } | null = null;
  /** Evaluations that were due up to the last one that was made. */
  #evaluated = -1;
  #keptAt: number;
  #notKept: ErrorData | null = null;
  #deaths = 0;

  constructor(training: KeptTraining, world: SessionWorld) {
    this.#training = training;
    this.#world = world;
    this.#keptAt = world.now();
  }

  async *run(signal: AbortSignal): AsyncGenerator<SessionReport, Uint8Array<ArrayBuffer> | null> {
    while (!signal.aborted) {
      const report = await this.#advance(signal);
      if (report === null) continue;
      yield report;
      if (report.progress.done) return this.#keep(report.progress);
    }
    await this.#keep(null);
    return null;
  }

  close(): void {
    this.#trainer?.run.dispose();
  }

  /** Some steps, at the beginning of a sitting none; null when they were broken off, by a pause or by a death that was borne. */
  async #advance(signal: AbortSignal): Promise<SessionReport | null> {
    try {
      const steps = this.#trainer === null ? 0 : STEPS_PER_REPORT;
      this.#trainer ??= await this.#open();
      const { run, setup } = this.#trainer;
      const progress = await run.advance(steps, signal);
      const measured = await this.#measure(run, progress, setup);
      if (this.#world.now() - this.#keptAt >= KEEP_EVERY_MS) await this.#keep(progress);
      return { progress, setup, ...measured, notKept: this.#notKept };
    } catch (thrown) {
      if (signal.aborted) return null;
      const { code } = toErrorData(thrown);
      if (FINAL.some((begins) => code.startsWith(begins)) || ++this.#deaths > MOST_DEATHS) throw thrown;
      // A device or a worker that is gone: what is kept is not.
      this.#trainer?.run.dispose();
      this.#trainer = null;
      return null;
    }
  }

  /** What is held out, when that is due. */
  async #measure(
    run: Trainer,
    { tokens, done }: TrainingProgress,
    { totalTokens }: TrainingSetup,
  ): Promise<Pick<SessionReport, "evaluation" | "watched">> {
    const due = Math.floor((EVALUATIONS * tokens) / totalTokens);
    if (due <= this.#evaluated && !done) return { evaluation: null, watched: null };
    this.#evaluated = due;
    const { watch } = this.#training;
    const evaluation = await run.evaluate();
    return { evaluation, watched: watch ? await run.watch(watch.prompt, watch.maxTokens) : null };
  }

  async #open() {
    const { id, job } = this.#training;
    const { archive, open } = this.#world;
    const [data, part] = [await archive.data(id), await archive.part(id)];
    const run = await open(job, data, part, this.#deaths > 0);
    return { run, setup: await run.setup() };
  }

  /** Keeps what is needed to go on; that it cannot be kept is told and does not end the training. */
  async #keep(progress: TrainingProgress | null): Promise<Uint8Array<ArrayBuffer> | null> {
    const part = (await this.#trainer?.run.checkpoint()) ?? null;
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
