import { LabError, toErrorData } from "../core/errors";
import type { BackendName } from "../model/backend";
import type { Backend } from "../model/jax";
import type { ModelConfig } from "../model/network/config";
import { checkParams, type HostParams, isHead } from "../model/network/parameters";
import { JaxLearner } from "./jax-learner";
import { type KernelBackend, KernelLearner } from "./kernel-learner";
import type { CostReport, Objective, TrainingBatch } from "./objectives/objective";
import type { AdamWConfig } from "./optimizer";

/** Where a learner computes: on kernels, or on a backend of jax-js, which must be the one started last. */
export type TrainingBackend = KernelBackend | Backend;

/** Parameters, and the moments of those that are trained, on the host. */
export interface LearnerState {
  readonly params: HostParams;
  /** Empty before the first step. */
  readonly first: HostParams;
  readonly second: HostParams;
}

/** What a step says about itself: what its batches cost before it. */
export type StepReport = Pick<CostReport, "loss" | "metrics">;

/** Parameters that learn, on one device: forward, backward and update. */
export interface Learner {
  /** What it computes on. */
  readonly backend: BackendName;
  /**
   * One optimiser step over `batches` together, as if they were one large batch (gradient accumulation): each counts by the weight
   * of its cost. The state has changed when the report comes.
   * @param count 1, 2, ...: Adam's bias correction.
   */
  step(batches: readonly TrainingBatch[], learningRate: number, count: number): Promise<StepReport>;
  /** What a batch costs. */
  evaluate(batch: TrainingBatch): Promise<CostReport>;
  /** The log-probability of the target `next` at each of a batch's M places; at padding anything. */
  logProbs(batch: TrainingBatch): Promise<Float32Array>;
  state(): Promise<LearnerState>;
  dispose(): void;
}

/** What is learnt, where and how. */
export interface LearnerTask {
  readonly backend: TrainingBackend;
  readonly config: ModelConfig;
  readonly objective: Pick<Objective, "cost" | "heads" | "batchWeight" | "reads">;
  /** Tensors whose names begin so stay as they are: they get no gradient and no moments. */
  readonly frozen: readonly string[];
  readonly adamw: AdamWConfig;
}

/**
 * A learner where the task computes.
 * @throws LabError `model/weights-mismatch` when parameters or moments are not those of the task.
 */
export function createLearner(task: LearnerTask, start: LearnerState): Learner {
  const { config, objective, backend } = task;
  checkParams(config, start.params, objective.heads);
  const trained = new Set([...start.params.keys()].filter((name) => isTrained(task, name)));
  if (trained.size === 0) throw new RangeError("every parameter is frozen");
  const { params, first, second } = start;
  if (first.size > 0 || second.size > 0) for (const moments of [first, second]) checkMoments(params, trained, moments);
  if (!("threading" in backend)) return new JaxLearner(task, start, trained, backend);
  const learner = new KernelLearner(task, start, trained, backend);
  const { fallBack } = backend;
  if (!fallBack) return learner;
  return new FallingBackLearner(learner, async (state) => new JaxLearner(task, state, trained, await fallBack()));
}

/** A learner that goes on as another one, with the same state, when it cannot run: with too little memory for its batches, say. */
class FallingBackLearner implements Learner {
  #learner: Learner;
  #other: ((state: LearnerState) => Promise<Learner>) | null;

  constructor(learner: Learner, other: (state: LearnerState) => Promise<Learner>) {
    this.#learner = learner;
    this.#other = other;
  }

  get backend(): BackendName {
    return this.#learner.backend;
  }

  step(batches: readonly TrainingBatch[], learningRate: number, count: number): Promise<StepReport> {
    return this.#run((learner) => learner.step(batches, learningRate, count));
  }

  evaluate(batch: TrainingBatch): Promise<CostReport> {
    return this.#run((learner) => learner.evaluate(batch));
  }

  logProbs(batch: TrainingBatch): Promise<Float32Array> {
    return this.#run((learner) => learner.logProbs(batch));
  }

  state(): Promise<LearnerState> {
    return this.#learner.state();
  }

  dispose(): void {
    this.#learner.dispose();
  }

  async #run<T>(work: (learner: Learner) => Promise<T>): Promise<T> {
    try {
      return await work(this.#learner);
    } catch (thrown) {
      if (this.#other === null || toErrorData(thrown).code !== "model/no-backend") throw thrown;
      const next = await this.#other(await this.#learner.state());
      this.#other = null;
      this.#learner.dispose();
      this.#learner = next;
      return work(next);
    }
  }
}

/** Whether a task trains this tensor: heads that its objective does not read are left alone, or decay would eat them. */
function isTrained({ objective, frozen }: LearnerTask, name: string): boolean {
  if (isHead(name) && !objective.heads.has(name)) return false;
  return !frozen.some((prefix) => name.startsWith(prefix));
}

function checkMoments(params: HostParams, trained: ReadonlySet<string>, moments: HostParams): void {
  const shapeOf = (tensors: HostParams, name: string) => tensors.get(name)?.shape.join();
  const fits = [...trained].every((name) => shapeOf(moments, name) === shapeOf(params, name));
  if (fits && trained.size === moments.size) return;
  throw new LabError(
    "model/weights-mismatch",
    "The optimiser's state does not belong to the parameters that are to be trained.",
    "Resume with the objective and the frozen parameters that the checkpoint was made with.",
  );
}
