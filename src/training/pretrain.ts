import { type Array as JaxArray, jit } from "@jax-js/jax";
import { LabError } from "../core/errors";
import { deriveSeed } from "../core/rng";
import type { Backend } from "../model/backend";
import type { Tokenizer } from "../model/io/tokenizer";
import type { ModelConfig } from "../model/network/config";
import {
  checkParams,
  disposeParams,
  type HostParams,
  initialParams,
  keepParams,
  type Params,
  toDevice,
  toHost,
} from "../model/network/parameters";
import { ADAMW_DEFAULTS, initialOptState } from "./adamw";
import { readCheckpoint, writeCheckpoint } from "./checkpoint";
import { type Batches, type BatchSource, createBatches } from "./data/batches";
import type { Corpus } from "./data/corpus-port";
import type { PackedBatch } from "./data/packing";
import { warmupCosine } from "./schedule";
import { batchLoss, batchToDevice, createTrainStep, type DeviceBatch, type TrainState } from "./train-step";

/** A pretraining run. Same options, same backend: same weights. */
export interface PretrainOptions {
  readonly seed: number;
  /**
   * Tokens of the whole run, padding not counted. Learning rate and curriculum go by tokens / totalTokens, so a resumed run may
   * be given another total to end it sooner or later; both then go on from the new share.
   */
  readonly totalTokens: number;
  readonly batchRows: number;
  readonly rowTokens: number;
  readonly peakLearningRate: number;
  /** Share of the run, in [0, 1). */
  readonly warmup: number;
}

/** How the shipped weights were trained. */
export const PRETRAIN_DEFAULTS: PretrainOptions = {
  seed: 1,
  totalTokens: 10_500_000,
  batchRows: 4,
  rowTokens: 256,
  peakLearningRate: 2e-3,
  warmup: 0.02,
};

/** How far a run is. */
export interface PretrainProgress {
  readonly step: number;
  readonly tokens: number;
  /** Exponential mean of the training loss, nats per token. */
  readonly loss: number;
  readonly learningRate: number;
  readonly tokensPerSecond: number;
  readonly done: boolean;
}

/** A run under way. */
export interface Pretraining {
  /** Trains `steps` steps, or fewer when the run is done. @throws LabError `model/diverged` */
  advance(steps: number): Promise<PretrainProgress>;
  /** Loss on fixed batches of the final curriculum, nats per token: comparable over the whole run. */
  evaluate(): Promise<number>;
  /** Bytes that {@link createPretraining} resumes from. */
  checkpoint(): Promise<Uint8Array<ArrayBuffer>>;
  weights(): Promise<HostParams>;
  dispose(): void;
}

/** What a run learns from. */
export interface PretrainMaterial {
  /** Where it computes; must be the one started last. */
  readonly backend: Backend;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly createCorpus: (seed: number) => Corpus;
}

const EVALUATION_BATCHES = 4;

const LOSS_MEMORY = 0.98;

/** Starts a run on the default device, or resumes one: from the same checkpoint on, it goes the way it would have gone. */
export function createPretraining(
  options: PretrainOptions,
  material: PretrainMaterial,
  checkpoint?: Uint8Array,
): Pretraining {
  return new PretrainingRun(options, material, checkpoint);
}

class PretrainingRun implements Pretraining {
  readonly #options: PretrainOptions;
  readonly #backend: Backend;
  readonly #source: BatchSource;
  readonly #batches: Batches;
  readonly #trainStep: ReturnType<typeof createTrainStep>;
  readonly #evaluateLoss: ReturnType<typeof compileLoss>;
  #state: TrainState;
  #step = 0;
  #tokens = 0;
  #loss = Number.NaN;

  constructor(options: PretrainOptions, material: PretrainMaterial, file?: Uint8Array) {
    const { backend, config, tokenizer, createCorpus } = material;
    this.#options = options;
    this.#backend = backend;
    this.#source = {
      tokenizer,
      createCorpus,
      seed: options.seed,
      rows: options.batchRows,
      rowTokens: options.rowTokens,
    };
    this.#trainStep = createTrainStep(config, ADAMW_DEFAULTS);
    this.#evaluateLoss = compileLoss(config);
    if (file) {
      const checkpoint = readCheckpoint(file);
      for (const part of [checkpoint.params, checkpoint.first, checkpoint.second]) checkParams(config, part);
      const [params, first, second] = [checkpoint.params, checkpoint.first, checkpoint.second].map(toDevice);
      this.#state = { params: params ?? {}, optState: { first: first ?? {}, second: second ?? {} } };
      this.#batches = createBatches(this.#source, checkpoint.waiting);
      this.#step = checkpoint.step;
      this.#tokens = checkpoint.tokens;
      this.#loss = checkpoint.smoothedLoss;
    } else {
      const params = toDevice(initialParams(config, deriveSeed(options.seed, "weights")));
      this.#state = { params, optState: initialOptState(params) };
      this.#batches = createBatches(this.#source);
    }
  }

  async advance(steps: number): Promise<PretrainProgress> {
    const started = performance.now();
    const tokensBefore = this.#tokens;
    let learningRate = this.#learningRate();
    let batch = this.#nextBatch();
    for (let i = 0; i < steps && !this.#done; i++) {
      learningRate = this.#learningRate();
      this.#step++;
      const { state, loss } = this.#trainStep.run(this.#state, batch, learningRate, this.#step);
      this.#state = state;
      this.#tokens += realTokens(batch);
      const value = this.#backend.read(loss);
      // The next batch is made while the device works on this one.
      const last = i + 1 === steps || this.#done;
      if (!last) batch = this.#nextBatch();
      this.#record((await value)[0] ?? Number.NaN);
    }
    const seconds = (performance.now() - started) / 1000;
    return {
      step: this.#step,
      tokens: this.#tokens,
      loss: this.#loss,
      learningRate,
      tokensPerSecond: (this.#tokens - tokensBefore) / seconds,
      done: this.#done,
    };
  }

  async evaluate(): Promise<number> {
    const batches = createBatches({ ...this.#source, seed: deriveSeed(this.#options.seed, "evaluation") });
    let sum = 0;
    for (let i = 1; i <= EVALUATION_BATCHES; i++) {
      const loss = this.#evaluateLoss(keepParams(this.#state.params), batchToDevice(batches.next(i, 1)));
      sum += (await this.#backend.read(loss))[0] ?? Number.NaN;
    }
    return sum / EVALUATION_BATCHES;
  }

  async checkpoint(): Promise<Uint8Array<ArrayBuffer>> {
    const { params, optState } = this.#state;
    return writeCheckpoint({
      step: this.#step,
      tokens: this.#tokens,
      smoothedLoss: this.#loss,
      waiting: this.#batches.waiting,
      params: await toHost(params),
      first: await toHost(optState.first),
      second: await toHost(optState.second),
    });
  }

  weights(): Promise<HostParams> {
    return toHost(this.#state.params);
  }

  dispose(): void {
    disposeParams(this.#state.params);
    disposeParams(this.#state.optState.first);
    disposeParams(this.#state.optState.second);
    this.#trainStep.dispose();
    this.#evaluateLoss.dispose();
  }

  get #done(): boolean {
    return this.#tokens >= this.#options.totalTokens;
  }

  get #progress(): number {
    return Math.min(1, this.#tokens / this.#options.totalTokens);
  }

  #learningRate(): number {
    return this.#options.peakLearningRate * warmupCosine(this.#progress, this.#options.warmup);
  }

  #nextBatch(): PackedBatch {
    return this.#batches.next(this.#step + 1, this.#progress);
  }

  #record(loss: number): void {
    if (!Number.isFinite(loss)) {
      throw new LabError(
        "model/diverged",
        `Training broke off at step ${this.#step}: the loss is no longer a number.`,
        "Resume from the last checkpoint with a lower learning rate.",
      );
    }
    // The running mean starts plainly, so that its first values are not dragged by an arbitrary start.
    const memory = Math.min(LOSS_MEMORY, 1 - 1 / this.#step);
    this.#loss = Number.isNaN(this.#loss) ? loss : memory * this.#loss + (1 - memory) * loss;
  }
}

function compileLoss(config: ModelConfig) {
  return jit((params: Params, batch: DeviceBatch): JaxArray => batchLoss(config, params, batch));
}

function realTokens(batch: PackedBatch): number {
  return batch.segments.reduce((count, segment) => count + (segment > 0 ? 1 : 0), 0);
}
