import { numpy as np } from "@jax-js/jax";
import type { ModelConfig } from "../../model/network/config";
import { valueHead } from "../../model/network/value-head";
import { allBatches, type BatchShape, epochsOf, type ItemPacking, streamOf } from "../data/dataset-stream";
import { named } from "../optimizer";
import { EVALUATION_BATCHES, type Objective } from "./objective";
import { negativeLogSigmoid, zeros } from "./pairs";
import { stepLogits } from "./step-logits";

/** The end of a step, and what the search knows of it. */
export interface StepEnd {
  /** The place of its last token. */
  readonly at: number;
  /** W: the sum of the rewards backed up through it, in [0, N]. */
  readonly wins: number;
  /** N, at least 1. */
  readonly visits: number;
}

/** A reasoning path with step ends of known value. */
export interface ValuedPath {
  readonly tokens: readonly number[];
  readonly ends: readonly StepEnd[];
}

/**
 * What a step is taken for:
 * * `counts`: W successes in N trials, so that a step counts as often as it was visited (binomial likelihood);
 * * `soft`: its value v = W / N, every step once;
 * * `hard`: 1 if anything was ever won through it, else 0, every step once (Zhang et al. 2025, arXiv 2501.07301, threshold 0).
 */
export type StepLabels = "counts" | "soft" | "hard";

/** Probability and weight of a step's label. */
export function labelOf(
  { wins, visits }: StepEnd,
  labels: StepLabels,
): { readonly value: number; readonly weight: number } {
  if (labels === "hard") return { value: wins > 0 ? 1 : 0, weight: 1 };
  return { value: wins / visits, weight: labels === "counts" ? visits : 1 };
}

/**
 * The point-wise process reward model (O1-CODER, eq. 3):
 *
 *   L = - sum_j w_j (v_j log r_j + (1 - v_j) log(1 - r_j)) / sum_j w_j,   r_j = sigmoid(head . hidden(end of step j))
 *
 * With counts, w = N and v = W / N, this is the binomial likelihood of (W, N). A step divides by what a batch weighs on average: most
 * steps of a tree were visited once or twice, and a batch of such would else have as much of a say as one where trees begin.
 */
export function pointwiseObjective(
  train: readonly ValuedPath[],
  validation: readonly ValuedPath[],
  labels: StepLabels,
  config: ModelConfig,
  shape: BatchShape,
  seed: number,
): Objective {
  const packing: ItemPacking<ValuedPath> = {
    ...shape,
    textsOf: ({ tokens }) => [tokens],
    toBatch(input, placed) {
      const places = shape.rows * shape.rowTokens;
      const [values, weights] = [zeros(places), zeros(places)];
      for (const { item, starts } of placed) {
        for (const end of item.ends) {
          const { value, weight } = labelOf(end, labels);
          values.data[(starts[0] ?? 0) + end.at] = value;
          weights.data[(starts[0] ?? 0) + end.at] = weight;
        }
      }
      return { input, targets: { values, weights } };
    },
  };
  return {
    name: "prm-pointwise",
    batchWeight: weightOf(train, labels, shape),
    heads: valueHead(config),
    cost(output, heads, targets) {
      const logits = stepLogits(output, heads);
      const [values, weights] = [named(targets, "values"), named(targets, "weights")];
      const total = np.maximum(np.sum(weights.ref), 1e-6);
      const mean = (figure: typeof logits) => np.sum(figure.mul(weights.ref)).div(total.ref);
      const estimates = np.reciprocal(np.exp(logits.ref.neg()).add(1));
      // - v log r - (1 - v) log(1 - r) = - log r + (1 - v) logit
      const losses = negativeLogSigmoid(logits.ref).add(logits.mul(values.ref.neg().add(1)));
      const off = estimates.ref.sub(values.ref);
      const isSameSide = np.greaterEqual(estimates.ref.sub(0.5).mul(values.ref.sub(0.5)), 0);
      const metrics = {
        value: mean(values),
        estimate: mean(estimates),
        brier: mean(off.ref.mul(off)),
        accuracy: mean(np.where(isSameSide, 1, 0)),
      };
      const loss = mean(losses);
      weights.dispose();
      return { loss, weight: total, metrics };
    },
    batches: (position) => streamOf(packing, epochsOf(train, seed), position),
    evaluationBatches: () => allBatches(packing, validation, EVALUATION_BATCHES),
  };
}

/** What the steps of a batch weigh together on average, were it full. */
function weightOf(paths: readonly ValuedPath[], labels: StepLabels, { rows, rowTokens }: BatchShape): number {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const tokens = sum(paths.map((path) => path.tokens.length));
  const weights = sum(paths.flatMap(({ ends }) => ends.map((end) => labelOf(end, labels).weight)));
  return (weights / Math.max(1, tokens)) * rows * rowTokens;
}
