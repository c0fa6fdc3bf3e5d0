/**
 * The training loop: batches in, optimiser steps, a smoothed loss out. What is minimised is an {@link Objective}; where it is
 * computed is a {@link Learner}. Same options, same objective, same backend: same weights, also across a checkpoint.
 */
import { LabError } from "../core/errors";
import { deriveSeed } from "../core/rng";
import { createYielder } from "../model/backend";
import type { ModelConfig } from "../model/network/config";
import { type HostParams, initialHeads, initialParams } from "../model/network/parameters";
import type { CheckpointKind } from "../ports/checkpoint-store";
import type { Trainer, TrainingEvaluation, TrainingOptions, TrainingProgress } from "../ports/trainer";
import { type BestSoFar, type Checkpoint, evaluationMetrics, writeCheckpoint } from "./checkpoint";
import { createLearner, type Learner, type LearnerState, type StepReport, type TrainingBackend } from "./learner";
import {
  type BatchStream,
  type CostReport,
  joinReports,
  type Objective,
  type TrainingBatch,
} from "./objectives/objective";
import { ADAMW_DEFAULTS, warmupCosine } from "./optimizer";

/** How the loop goes, whatever it minimises. */
export interface LoopOptions {
  readonly seed: number;
  /**
   * Tokens of the whole run, padding not counted. Learning rate and curriculum go by tokens / totalTokens, so a resumed run may
   * be given another total to end it sooner or later; both then go on from the new share.
   */
  readonly totalTokens: number;
  readonly peakLearningRate: number;
  /** Share of the run, in [0, 1). */
  readonly warmup: number;
  /** Batches of one optimiser step, at least 1: as if they were one large batch. */
  readonly batchesPerStep: number;
  /** Tensors whose names begin so are not trained. */
  readonly frozen: readonly string[];
  readonly keep: TrainingOptions["keep"];
}

/** What is trained. */
export interface TrainingTask {
  /** Where it computes. */
  readonly backend: TrainingBackend;
  readonly config: ModelConfig;
  readonly kind: CheckpointKind;
  readonly objective: Objective;
  /** What the record is to tell besides the loop's options. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A run of the loop, which does not know what its batches were made of. */
type Loop = Omit<Trainer, "setup" | "watch">;

/** What a run begins with: nothing, weights of other checkpoints (an objective's heads are added), or an earlier part of itself. */
export type TrainingStart =
  | { readonly from: "nothing" }
  | { readonly from: "weights"; readonly params: HostParams; readonly parents: readonly string[] }
  | { readonly from: "checkpoint"; readonly checkpoint: Checkpoint };

const LOSS_MEMORY = 0.98;

/**
 * Starts a run on the default device, or resumes one: from the same checkpoint on, it goes the way it would have gone.
 * @throws LabError `model/weights-mismatch`, `model/bad-checkpoint` when what it begins with does not fit.
 */
export function createTrainer(options: LoopOptions, task: TrainingTask, start: TrainingStart): Loop {
  return new TrainingLoop(options, task, start);
}

/** Batches of one step, and where the stream was before it gave them. */
interface Prepared {
  readonly batches: readonly TrainingBatch[];
  readonly before: unknown;
}

class TrainingLoop implements Loop {
  readonly #options: LoopOptions;
  readonly #task: TrainingTask;
  readonly #parents: readonly string[];
  readonly #learner: Learner;
  readonly #stream: BatchStream;
  /** Made while the device worked on the step before. */
  #ahead: Prepared | null = null;
  #step = 0;
  #tokens = 0;
  #loss = Number.NaN;
  #metrics: Readonly<Record<string, number>> = {};
  #evaluation: TrainingEvaluation | null = null;
  #best: BestSoFar | null = null;
  #diverged: LabError | null = null;
  /** Ends when all calls so far have. */
  #calls: Promise<unknown> = Promise.resolve();

  constructor(options: LoopOptions, task: TrainingTask, start: TrainingStart) {
    const { backend, config, objective } = task;
    this.#options = options;
    this.#task = task;
    const checkpoint = start.from === "checkpoint" ? start.checkpoint : null;
    if (checkpoint && checkpoint.record.objective !== objective.name) throw otherObjective(checkpoint, objective);
    this.#stream = checkpoint ? objective.batches(checkpoint.position) : objective.batches();
    const learner = { backend, config, objective, frozen: options.frozen, adamw: ADAMW_DEFAULTS };
    this.#learner = createLearner(learner, initialState(options.seed, task, start));
    this.#parents = start.from === "weights" ? start.parents : (checkpoint?.record.parents ?? []);
    if (!checkpoint) return;
    this.#best = checkpoint.best;
    const { step, tokens, metrics } = checkpoint.record;
    this.#step = step;
    this.#tokens = tokens;
    this.#loss = metrics.loss ?? Number.NaN;
  }

  advance(steps: number, signal?: AbortSignal): Promise<TrainingProgress> {
    return this.#inTurn(async () => {
      const yieldNow = createYielder(signal);
      const started = performance.now();
      const tokensBefore = this.#tokens;
      let learningRate = this.#learningRate;
      for (let i = 0; i < steps && !this.#done; i++) {
        await yieldNow();
        learningRate = this.#learningRate;
        await this.#trainStep(learningRate);
      }
      const seconds = (performance.now() - started) / 1000;
      return {
        step: this.#step,
        tokens: this.#tokens,
        loss: this.#loss,
        metrics: this.#metrics,
        backend: this.#learner.backend,
        learningRate,
        tokensPerSecond: (this.#tokens - tokensBefore) / seconds,
        done: this.#done,
      };
    });
  }

  evaluate(): Promise<TrainingEvaluation | null> {
    return this.#inTurn(async () => {
      const batches = this.#task.objective.evaluationBatches();
      if (batches.length === 0) return null;
      const reports: CostReport[] = [];
      for (const batch of batches) reports.push(await this.#learner.evaluate(batch));
      const { loss, metrics } = joinReports(reports);
      this.#evaluation = { loss, metrics };
      const isBest = loss < (this.#best?.loss ?? Number.POSITIVE_INFINITY);
      if (this.#options.keep === "best" && this.#step > 0 && isBest) {
        const known = Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
        this.#best = { step: this.#step, loss, metrics: known, params: (await this.#learner.state()).params };
      }
      return this.#evaluation;
    });
  }

  checkpoint(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#inTurn(async () => {
      const { kind, config, objective, settings } = this.#task;
      const known = {
        loss: this.#loss,
        ...this.#metrics,
        ...(this.#evaluation && evaluationMetrics(this.#evaluation)),
      };
      return writeCheckpoint({
        record: {
          kind,
          parents: this.#parents,
          config,
          objective: objective.name,
          options: { ...settings, ...this.#options },
          seed: this.#options.seed,
          step: this.#step,
          tokens: this.#tokens,
          // What has not been measured is not written.
          metrics: Object.fromEntries(Object.entries(known).filter(([, value]) => Number.isFinite(value))),
        },
        state: await this.#learner.state(),
        best: this.#best,
        position: this.#ahead ? this.#ahead.before : this.#stream.position,
      });
    });
  }

  dispose(): void {
    this.#calls = this.#calls.then(() => this.#learner.dispose());
  }

  /** One step on the batches that are ready; the next ones are made while the device works. */
  async #trainStep(learningRate: number): Promise<void> {
    const { batches } = this.#ahead ?? this.#prepare();
    this.#step++;
    const report = this.#learner.step(batches, learningRate, this.#step);
    this.#tokens += batches.reduce((sum, batch) => sum + realTokens(batch), 0);
    this.#evaluation = null;
    this.#ahead = this.#done ? null : this.#prepare();
    this.#record(await report);
  }

  #prepare(): Prepared {
    const { batchesPerStep } = this.#options;
    const before = this.#stream.position;
    const first = this.#step * batchesPerStep + 1;
    const batches = Array.from({ length: batchesPerStep }, (_, i) => this.#stream.next(first + i, this.#progress));
    return { batches, before };
  }

  #record({ loss, metrics }: StepReport): void {
    if (!Number.isFinite(loss)) {
      this.#diverged = new LabError(
        "model/diverged",
        `Training broke off at step ${this.#step}: the loss is no longer a number.`,
        "Resume from the last checkpoint with a lower learning rate.",
      );
      throw this.#diverged;
    }
    // The running mean starts plainly, so that its first values are not dragged by an arbitrary start.
    const memory = Math.min(LOSS_MEMORY, 1 - 1 / this.#step);
    this.#loss = Number.isNaN(this.#loss) ? loss : memory * this.#loss + (1 - memory) * loss;
    this.#metrics = metrics;
  }

  /** Runs `call` when all before it have ended: none sees the middle of a step. */
  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#calls.then(() => {
      if (this.#diverged) throw this.#diverged;
      return call();
    });
    this.#calls = result.catch(() => {});
    return result;
  }

  get #done(): boolean {
    return this.#tokens >= this.#options.totalTokens;
  }

  get #progress(): number {
    return Math.min(1, this.#tokens / this.#options.totalTokens);
  }

  get #learningRate(): number {
    return this.#options.peakLearningRate * warmupCosine(this.#progress, this.#options.warmup);
  }
}

function initialState(seed: number, { config, objective }: TrainingTask, start: TrainingStart): LearnerState {
  if (start.from === "checkpoint") return start.checkpoint.state;
  const base = start.from === "weights" ? start.params : initialParams(config, deriveSeed(seed, "weights"));
  const heads = initialHeads(objective.heads, deriveSeed(seed, "heads"));
  return { params: new Map([...heads, ...base]), first: new Map(), second: new Map() };
}

function realTokens({ input }: TrainingBatch): number {
  return input.segments.reduce((count, segment) => count + (segment > 0 ? 1 : 0), 0);
}

function otherObjective({ record }: Checkpoint, { name }: Objective): LabError {
  return new LabError(
    "model/bad-checkpoint",
    `The checkpoint was trained with the objective ${record.objective}, not with ${name}.`,
    "Resume it with its own objective, or begin a new run with its weights.",
  );
}
