import { type Array as JaxArray, lax, nn, numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { LabError } from "../../core/errors";
import { deriveSeed } from "../../core/rng";
import { type BatchSource, createBatches } from "../data/batches";
import type { PackableExample, PackedBatch } from "../data/packing";
import type { BatchStream, Cost, Objective, TrainingBatch } from "./objective";

/** Evaluations go by so many batches of the corpus. */
const CORPUS_EVALUATION_BATCHES = 4;

/**
 * Next-token prediction on an endless corpus, each token weighted: pretraining. `source` says what is read and in which order;
 * evaluations read its last curriculum under a seed of their own.
 */
export function languageModelObjective(source: BatchSource): Objective {
  return {
    name: "language-model",
    heads: new Map(),
    cost: nextTokenCost,
    batches: (position) => streamOf(source, position === undefined ? [] : readPosition(position)),
    evaluationBatches() {
      const stream = streamOf({ ...source, seed: deriveSeed(source.seed, "evaluation") }, []);
      return Array.from({ length: CORPUS_EVALUATION_BATCHES }, (_, i) => stream.next(i + 1, 1));
    },
  };
}

/**
 * The cross-entropy of the target `next`, weighted by the target `weights`. Kernels know it by this function and compute it
 * themselves.
 */
export const nextTokenCost: Objective["cost"] = (output, _heads, { next, weights }) => {
  if (!next || !weights) throw new RangeError("the batch has no targets");
  return weightedCrossEntropy(output.logits(), next.reshape([-1]), weights.reshape([-1]));
};

/**
 * The mean negative log-likelihood of targets [M] (int32) under logits [M, V], weighted by weights [M] (float32, at least 0):
 * sum(w nll) / max(sum(w), 1e-6); and the share, weighted alike, of targets that are the likeliest token.
 */
function weightedCrossEntropy(logits: JaxArray, targets: JaxArray, weights: JaxArray): Cost {
  const total = np.maximum(np.sum(weights.ref), 1e-6);
  const mean = (figures: JaxArray) => np.sum(figures.mul(weights.ref)).div(total.ref);
  const { logProbs, behind } = likelihood(logits, targets);
  const loss = mean(logProbs).neg();
  const accuracy = mean(np.where(np.greaterEqual(behind, 0), 1, 0));
  weights.dispose();
  return { loss, weight: total, metrics: { accuracy } };
}

/** The log-probability [M] of each target [M] (int32) under its logits [M, V]. */
export function tokenLogProbs(logits: JaxArray, targets: JaxArray): JaxArray {
  const { logProbs, behind } = likelihood(logits, targets);
  behind.dispose();
  return logProbs;
}

/**
 * Of each target [M] (int32) under its logits [M, V]: its log-probability [M], and how far its logit is behind the highest [M], 0 for the
 * likeliest token. Through a one-hot product, because jax-js has no gradient for picking single elements.
 */
function likelihood(logits: JaxArray, targets: JaxArray): { readonly logProbs: JaxArray; readonly behind: JaxArray } {
  const [, vocabulary = 0] = logits.shape;
  const highest = lax.stopGradient(np.max(logits.ref, -1, { keepdims: true }));
  const shifted = logits.sub(highest);
  const logTotal = np.log(np.sum(np.exp(shifted.ref), -1));
  const behind = np.sum(shifted.mul(nn.oneHot(targets, vocabulary)), -1);
  return { logProbs: behind.ref.sub(logTotal), behind };
}

function streamOf(source: BatchSource, waiting: readonly PackableExample[]): BatchStream {
  const batches = createBatches(source, waiting);
  return {
    next: (number, progress) => toTrainingBatch(batches.next(number, progress)),
    get position() {
      return { waiting: batches.waiting };
    },
  };
}

/** A packed batch with what {@link nextTokenCost} compares. */
export function toTrainingBatch({ targets, weights, ...input }: PackedBatch): TrainingBatch {
  const shape = [input.rows, input.rowTokens];
  return { input, targets: { next: { shape, data: targets }, weights: { shape, data: weights } } };
}

const exampleSchema = z
  .object({ tokens: z.array(z.int().min(0)), weights: z.array(z.number().min(0)) })
  .refine(({ tokens, weights }) => tokens.length === weights.length);

const positionSchema = z.object({ waiting: z.array(exampleSchema) });

function readPosition(position: unknown): readonly PackableExample[] {
  const parsed = positionSchema.safeParse(position);
  if (parsed.success) return parsed.data.waiting;
  throw new LabError(
    "model/bad-checkpoint",
    "The checkpoint does not say where in its texts a language model's training was.",
    "Resume it with the objective it was trained with.",
  );
}
