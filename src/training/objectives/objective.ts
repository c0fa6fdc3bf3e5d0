import type { Array as JaxArray } from "@jax-js/jax";
import type { HeadShapes, Params } from "../../model/network/parameters";
import type { PackedTexts } from "../data/packing";

/** What the network gives for packed texts of M tokens. Every call is a use of its own; what is not called is not computed. */
export interface NetworkOutput {
  /** [M, D]: the last layer's normed output. */
  hidden(): JaxArray;
  /** [M, V] */
  logits(): JaxArray;
  /** [M]: the log-probability of the batch's target `next` at each place; at padding, of whatever stands there. */
  logProbs(): JaxArray;
}

/** What a batch costs, as scalars. A type, not an interface: jax-js wants an index signature. */
export type Cost = {
  /** A weighted mean: what is minimised. */
  readonly loss: JaxArray;
  /** The sum of the weights it is a mean over: what a batch counts in a step of several batches. Without gradient. */
  readonly weight: JaxArray;
  /** Figures to be shown, means over the same weights. */
  readonly metrics: Record<string, JaxArray>;
};

/** A {@link Cost} on the host, of one batch or several; loss and metrics are means over `weight`. */
export interface CostReport {
  readonly loss: number;
  readonly weight: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What batches cost together: each counts by its weight. @throws RangeError without one. */
export function joinReports(reports: readonly CostReport[]): CostReport {
  const [first] = reports;
  if (!first) throw new RangeError("no batch");
  const weight = reports.reduce((sum, report) => sum + report.weight, 0);
  const mean = (figure: (report: CostReport) => number) =>
    reports.reduce((sum, report) => sum + figure(report) * report.weight, 0) / weight;
  const metrics = Object.keys(first.metrics).map((name) => [name, mean((report) => report.metrics[name] ?? 0)]);
  return { loss: mean(({ loss }) => loss), weight, metrics: Object.fromEntries(metrics) };
}

/** An array on the host, row-major. */
export interface HostArray {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
}

/** One batch; all batches of a stream have the same shapes, because each shape compiles anew. */
export interface TrainingBatch {
  /** What the network reads. */
  readonly input: PackedTexts;
  /** What the objective compares its output with. */
  readonly targets: Readonly<Record<string, HostArray>>;
}

/** An endless stream of batches that can be left and taken up again. */
export interface BatchStream {
  /**
   * The next batch.
   * @param number 1, 2, ...: together with the position, all that the batch depends on.
   * @param progress the share of the run that is done, in [0, 1]: what a curriculum goes by.
   */
  next(number: number, progress: number): TrainingBatch;
  /** Where the stream is, as JSON; what was given out stays valid. */
  readonly position: unknown;
}

/** Evaluations on a finite dataset read so many batches of it at most. */
export const EVALUATION_BATCHES = 32;

/**
 * What a training run minimises, over what the network gives and apart from how the network is computed, and where its batches
 * come from. A new objective is a file beside this one.
 */
export interface Objective {
  readonly name: string;
  /**
   * What a batch weighs on average. A step's gradient is then divided by this, and not by what its own batches happen to weigh, which
   * would give a step that weighs little as much of a say as one that weighs much. Absent where batches weigh about the same.
   */
  readonly batchWeight?: number;
  /** Heads that it reads and trains, beyond the base model. */
  readonly heads: HeadShapes;
  /**
   * `logProbs` says that it reads the log-probabilities of the batch's targets and no other output: [M] numbers in place of [M, V],
   * which kernels compute, and no padding. `next` is then not among the targets of `cost`. Absent: the other outputs.
   */
  readonly reads?: "logProbs";
  /** Consumes `targets`; `heads` stays the caller's (each use takes a `.ref`). It is traced, once for each shape. */
  cost(output: NetworkOutput, heads: Params, targets: Params): Cost;
  /**
   * The training batches, from the beginning or from a stream's `position`.
   * @throws LabError `model/bad-checkpoint` for a position that is none of its own.
   */
  batches(position?: unknown): BatchStream;
  /** The same few batches at every call; none where there is nothing to evaluate on. */
  evaluationBatches(): readonly TrainingBatch[];
}
