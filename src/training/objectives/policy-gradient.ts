import { numpy as np } from "@jax-js/jax";
import type { BatchShape } from "../data/dataset-stream";
import { type WrittenText, writtenBatches } from "../data/written-texts";
import { named } from "../optimizer";
import type { Objective, TrainingBatch } from "./objective";

/** A text that a policy has written, and what it was worth. */
export interface WeighedText extends WrittenText {
  /** Log-probability of each written token when it was drawn, at temperature 1 from the whole vocabulary: 0 or less. */
  readonly drawn: readonly number[];
  /** The same under the reference; asked for where the divergence from it costs something. */
  readonly reference?: readonly number[];
  /** How much better it was than its group's mean; below 0 for worse. */
  readonly advantage: number;
}

/** How far one batch of texts may move the policy. */
export interface PolicyGradientOptions {
  /** A token's ratio counts no further than 1 - clipLow and 1 + clipHigh, each above 0. */
  readonly clipLow: number;
  readonly clipHigh: number;
  /** Weight of the divergence from the reference, at least 0. */
  readonly klWeight: number;
}

/** Clip as in DAPO (arXiv 2503.14476), a wider one upwards; no reference, as in TRL. */
export const POLICY_GRADIENT_DEFAULTS: PolicyGradientOptions = { clipLow: 0.2, clipHigh: 0.28, klWeight: 0 };

/**
 * Policy gradient on groups of answers to one prompt (Shao et al. 2024, GRPO, arXiv 2402.03300), with A = reward minus the group's mean
 * and every token's term divided by one constant D (Liu et al. 2025, Dr. GRPO, arXiv 2503.20783): neither a group that agrees more nor a
 * shorter answer counts more.
 *
 *   L = - (1 / D) sum_i sum_t min(q_t A_i, clip(q_t, 1 - low, 1 + high) A_i) + klWeight (e^(d_t) - d_t - 1)
 *
 * with q = p / p_drawn (PPO's clipped surrogate, Schulman et al. 2017, arXiv 1707.06347; at the first update of a batch q is 1, and the
 * slope is A times that of log p) and d = log p_ref - log p, of which the last term is the estimate k3 of the divergence.
 */
export function policyGradientObjective({
  clipLow,
  clipHigh,
  klWeight,
}: PolicyGradientOptions): Pick<Objective, "name" | "heads" | "reads" | "cost" | "batchWeight"> {
  return {
    name: "policy-gradient",
    heads: new Map(),
    reads: "logProbs",
    // The batches bring the constant with their weights.
    batchWeight: 1,
    cost(output, _heads, targets) {
      const [weights, advantages] = [named(targets, "weights"), named(targets, "advantages")];
      const isWritten = np.where(np.greater(weights.ref, 0), 1, 0);
      // 0 elsewhere, so that nothing there grows without bounds.
      const logProbs = output.logProbs().mul(isWritten);
      const total = np.maximum(np.sum(weights.ref), 1e-6);
      const mean = (figure: typeof logProbs) => np.sum(figure.mul(weights.ref)).div(total.ref);
      const ratio = np.exp(logProbs.ref.sub(named(targets, "drawn")));
      const clipped = np.minimum(np.maximum(ratio.ref, 1 - clipLow), 1 + clipHigh);
      const [plain, bounded] = [ratio.mul(advantages.ref), clipped.mul(advantages)];
      const clipRatio = mean(np.where(np.less(bounded.ref, plain.ref), 1, 0));
      const gain = np.minimum(plain, bounded);
      if (klWeight === 0) {
        logProbs.dispose();
        const loss = mean(gain).neg();
        weights.dispose();
        return { loss, weight: total, metrics: { clipRatio } };
      }
      const behind = named(targets, "reference").sub(logProbs);
      const divergence = np.exp(behind.ref).sub(behind).sub(1);
      const kl = mean(divergence.ref);
      const loss = mean(divergence.mul(klWeight).sub(gain));
      weights.dispose();
      return { loss, weight: total, metrics: { clipRatio, kl } };
    },
  };
}

/**
 * One update's batches.
 * @param divisor D, such as the number of tokens that could have been written at most.
 */
export function policyGradientBatches(
  texts: readonly WeighedText[],
  divisor: number,
  { klWeight }: PolicyGradientOptions,
  shape: BatchShape,
): readonly TrainingBatch[] {
  const batches = writtenBatches(texts, shape, ({ drawn, reference, advantage }, written) => ({
    weights: 1,
    advantages: advantage,
    drawn: drawn[written] ?? 0,
    ...(klWeight === 0 ? {} : { reference: reference?.[written] ?? 0 }),
  })).map(({ batch }) => batch);
  // A step divides by the number of its batches.
  for (const { targets } of batches) {
    const data = targets.weights?.data ?? [];
    for (const [place, weight] of data.entries()) data[place] = (weight * batches.length) / divisor;
  }
  return batches;
}
