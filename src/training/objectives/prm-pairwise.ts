import { numpy as np } from "@jax-js/jax";
import type { ModelConfig } from "../../model/network/config";
import { valueHead } from "../../model/network/value-head";
import { allBatches, type BatchShape, epochsOf, type ItemPacking, streamOf } from "../data/dataset-stream";
import { named } from "../optimizer";
import { EVALUATION_BATCHES, type Objective } from "./objective";
import { negativeLogSigmoid, pairMeans, pairsPerBatch, zeros } from "./pairs";
import { stepLogits } from "./step-logits";

/** Two paths that differ in their last step, of which one was worth more. */
export interface RankedPair {
  readonly better: readonly number[];
  readonly worse: readonly number[];
  /** By how much their values differ, in (0, 1]. */
  readonly gap: number;
}

/**
 * The pair-wise process reward model (O1-CODER, eq. 4): Bradley and Terry's likelihood that the better of two siblings is preferred,
 *
 *   L = - log sigmoid(z(better) - z(worse) - margin * gap),
 *
 * z the value head's logit at the end of a path. A margin above 0 wants pairs further apart whose values are (Touvron et al. 2023,
 * arXiv 2307.09288, eq. 2); 0 is the paper's.
 */
export function pairwiseObjective(
  train: readonly RankedPair[],
  validation: readonly RankedPair[],
  margin: number,
  config: ModelConfig,
  shape: BatchShape,
  seed: number,
): Objective {
  const most = pairsPerBatch(shape);
  const packing: ItemPacking<RankedPair> = {
    ...shape,
    most,
    textsOf: ({ better, worse }) => [better, worse],
    toBatch(input, placed) {
      const places = shape.rows * shape.rowTokens;
      const differences = zeros(most, places);
      const [margins, present] = [zeros(most), zeros(most)];
      for (const [pair, { item, starts }] of placed.entries()) {
        differences.data[pair * places + (starts[0] ?? 0) + item.better.length - 1] = 1;
        differences.data[pair * places + (starts[1] ?? 0) + item.worse.length - 1] = -1;
        margins.data[pair] = margin * item.gap;
        present.data[pair] = 1;
      }
      return { input, targets: { differences, margins, present } };
    },
  };
  return {
    name: "prm-pairwise",
    heads: valueHead(config),
    cost(output, heads, targets) {
      const difference = np.sum(named(targets, "differences").mul(stepLogits(output, heads)), -1);
      const { mean, finish } = pairMeans(targets);
      const accuracy = mean(np.where(np.greater(difference.ref, 0), 1, 0));
      const loss = mean(negativeLogSigmoid(difference.ref.sub(named(targets, "margins"))));
      const metrics = { accuracy, difference: mean(difference) };
      return { loss, weight: finish(), metrics };
    },
    batches: (position) => streamOf(packing, epochsOf(train, seed), position),
    evaluationBatches: () => allBatches(packing, validation, EVALUATION_BATCHES),
  };
}
