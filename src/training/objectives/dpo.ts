import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { LabError } from "../../core/errors";
import type { HostParams } from "../../model/network/parameters";
import { allBatches, type BatchShape, epochsOf, type ItemPacking, streamOf } from "../data/dataset-stream";
import { type PackableExample, packBatch } from "../data/packing";
import { createLearner, type LearnerTask } from "../learner";
import { ADAMW_DEFAULTS, named } from "../optimizer";
import { toTrainingBatch } from "./language-model";
import { EVALUATION_BATCHES, type Objective, type TrainingBatch } from "./objective";
import { negativeLogSigmoid, pairMeans, pairsPerBatch, zeros } from "./pairs";
import { sftObjective } from "./sft";

/** Two answers to one prompt. Weights are 1 on an answer's tokens and 0 on the prompt's. */
export interface PreferencePair {
  readonly chosen: PackableExample;
  readonly rejected: PackableExample;
}

/** Log-probabilities of a pair's answers under the reference model. */
export interface ReferenceLogProbs {
  readonly chosen: number;
  readonly rejected: number;
}

/** A pair as it is learnt from. */
export interface ReferredPair extends PreferencePair {
  readonly reference: ReferenceLogProbs;
}

/** How strongly what counts. */
export interface DpoOptions {
  /** How far the policy may move from the reference: the smaller, the farther. Above 0. */
  readonly beta: number;
  /** Weight of the chosen answer's negative log-likelihood per token, at least 0; 0 is plain DPO. */
  readonly nllWeight: number;
}

export const DPO_DEFAULTS: DpoOptions = { beta: 0.1, nllWeight: 1 };

/**
 * Direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290, eq. 7), with a likelihood term that keeps the chosen answer
 * likely (Pang et al. 2024, arXiv 2404.19733, eq. 1), where DPO alone may lower it:
 *
 *   L = - log sigmoid(beta ((log p(c) - log p(r)) - (log ref(c) - log ref(r)))) - nllWeight log p(c) / |c|
 *
 * Chosen and rejected stand in one batch, so that one forward pass reads both.
 */
export function dpoObjective(
  train: readonly ReferredPair[],
  validation: readonly ReferredPair[],
  { beta, nllWeight }: DpoOptions,
  shape: BatchShape,
  seed: number,
): Objective {
  const references = [...train, ...validation].map(({ reference }) => reference);
  const packing = packingOf(shape);
  return {
    name: "dpo",
    heads: new Map(),
    reads: "logProbs",
    cost(output, _heads, targets) {
      const logProbs = output.logProbs();
      const [chosenPlaces, rejectedPlaces] = [named(targets, "chosen"), named(targets, "rejected")];
      const lengths = np.maximum(np.sum(chosenPlaces.ref, -1), 1);
      const chosen = np.sum(chosenPlaces.mul(logProbs.ref), -1);
      const rejected = np.sum(rejectedPlaces.mul(logProbs), -1);
      const margin = chosen.ref.sub(rejected.ref).sub(named(targets, "reference")).mul(beta);
      const { mean, finish } = pairMeans(targets);
      const likelihood = chosen.ref.div(lengths).mul(nllWeight);
      const loss = mean(negativeLogSigmoid(margin.ref).sub(likelihood));
      const metrics = {
        chosenLogProb: mean(chosen),
        rejectedLogProb: mean(rejected),
        accuracy: mean(np.where(np.greater(margin.ref, 0), 1, 0)),
        margin: mean(margin),
      };
      return { loss, weight: finish(), metrics };
    },
    batches(position) {
      const stream = streamOf(packing, epochsOf(train, seed), position);
      return {
        next: (number, progress) => stream.next(number, progress),
        get position() {
          return { ...stream.position, references };
        },
      };
    },
    evaluationBatches: () => allBatches(packing, validation, EVALUATION_BATCHES),
  };
}

/** Every pair once, in as many batches as it takes. */
export function dpoBatches(pairs: readonly ReferredPair[], shape: BatchShape): readonly TrainingBatch[] {
  return allBatches(packingOf(shape), pairs, Number.POSITIVE_INFINITY);
}

function packingOf(shape: BatchShape): ItemPacking<ReferredPair> {
  const most = pairsPerBatch(shape);
  const places = shape.rows * shape.rowTokens;
  return {
    ...shape,
    most,
    textsOf: ({ chosen, rejected }) => [chosen.tokens, rejected.tokens],
    toBatch(input, placed) {
      const next = { shape: [shape.rows, shape.rowTokens], data: new Int32Array(places) };
      const [chosen, rejected] = [zeros(most, places), zeros(most, places)];
      const [reference, present] = [zeros(most), zeros(most)];
      for (const [pair, { item, starts }] of placed.entries()) {
        for (const [side, answer, start] of [
          [chosen, item.chosen, starts[0] ?? 0],
          [rejected, item.rejected, starts[1] ?? 0],
        ] as const) {
          for (let i = 1; i < answer.tokens.length; i++) {
            next.data[start + i - 1] = answer.tokens[i] ?? 0;
            side.data[pair * places + start + i - 1] = answer.weights[i] ?? 0;
          }
        }
        reference.data[pair] = item.reference.chosen - item.reference.rejected;
        present.data[pair] = 1;
      }
      return { input, targets: { next, chosen, rejected, reference, present } };
    },
  };
}

/** Log-probabilities of answers under given weights. Once, before the first step: what comes out belongs to the data. */
export async function referenceLogProbs(
  { params, ...where }: { readonly params: HostParams } & Pick<LearnerTask, "backend" | "config">,
  pairs: readonly PreferencePair[],
  shape: BatchShape,
  onReading: (share: number) => void = () => {},
): Promise<readonly ReferenceLogProbs[]> {
  const objective = sftObjective({ train: [], validation: [] }, shape, 0);
  const task = { ...where, objective, frozen: [], adamw: ADAMW_DEFAULTS };
  const reference = createLearner(task, { params, first: new Map(), second: new Map() });
  const logProb = async (answer: PackableExample) => {
    const { batch } = packBatch([answer], 1, shape.rowTokens);
    const weight = batch.weights.reduce((sum, x) => sum + x, 0);
    return -weight * (await reference.evaluate(toTrainingBatch(batch))).loss;
  };
  try {
    const found: ReferenceLogProbs[] = [];
    for (const { chosen, rejected } of pairs) {
      found.push({ chosen: await logProb(chosen), rejected: await logProb(rejected) });
      onReading(found.length / pairs.length);
    }
    return found;
  } finally {
    reference.dispose();
  }
}

const keptSchema = z.object({ references: z.array(z.object({ chosen: z.number(), rejected: z.number() })) });

/**
 * The log-probabilities that the position of a run's stream holds.
 * @throws LabError `model/bad-checkpoint` when they are not those of `count` pairs.
 */
export function parseReferences(position: unknown, count: number): readonly ReferenceLogProbs[] {
  const parsed = keptSchema.safeParse(position);
  if (parsed.success && parsed.data.references.length === count) return parsed.data.references;
  throw new LabError(
    "model/bad-checkpoint",
    "The checkpoint does not hold the reference model's log-probabilities of these pairs.",
    "Resume it with the data it was trained with.",
  );
}
