import { readSafetensors } from "../model/io/safetensors";
import type { Tokenizer } from "../model/io/tokenizer";
import type { ModelConfig } from "../model/network/config";
import { checkParams } from "../model/network/parameters";
import type { Trainer } from "../ports/trainer";
import { readCheckpoint } from "./checkpoint";
import type { Corpus } from "./data/corpus";
import type { TrainingBackend } from "./learner";
import { createTrainer, type TrainingOptions, type TrainingStart } from "./loop";
import { languageModelObjective } from "./objectives/language-model";

/** A pretraining run: a language model, from nothing or from weights, on texts that a seeded corpus makes. */
export interface PretrainOptions extends TrainingOptions {
  readonly batchRows: number;
  readonly rowTokens: number;
  /** Where in the curriculum it begins, in [0, 1]: 1 for a model that has been through it. */
  readonly curriculumFrom: number;
}

/** How the shipped weights were trained. */
export const PRETRAIN_DEFAULTS: PretrainOptions = {
  seed: 1,
  totalTokens: 10_500_000,
  batchRows: 3,
  rowTokens: 320,
  curriculumFrom: 0,
  peakLearningRate: 2e-3,
  warmup: 0.02,
  batchesPerStep: 1,
  frozen: [],
};

/** What a run learns from. */
export interface PretrainMaterial {
  /** Where it computes. */
  readonly backend: TrainingBackend;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly createCorpus: (seed: number) => Corpus;
}

/** The files a run begins with; the first that is there counts. */
export interface PretrainStart {
  /** A checkpoint of an earlier part of the run. */
  readonly checkpoint?: Uint8Array;
  /** A model's weights, as safetensors. */
  readonly weights?: Uint8Array;
}

/**
 * Starts a run, from nothing or from weights, or resumes one from a checkpoint.
 * @throws LabError `model/bad-checkpoint`, `model/weights-mismatch` and the like when a file does not fit such a run.
 */
export async function createPretraining(
  options: PretrainOptions,
  { backend, config, tokenizer, createCorpus }: PretrainMaterial,
  files: PretrainStart = {},
): Promise<Trainer> {
  const { seed, batchRows: rows, rowTokens, curriculumFrom } = options;
  const later = (corpusSeed: number): Corpus => {
    const corpus = createCorpus(corpusSeed);
    return { next: (progress) => corpus.next(curriculumFrom + (1 - curriculumFrom) * progress) };
  };
  const objective = languageModelObjective({ tokenizer, createCorpus: later, seed, rows, rowTokens });
  return createTrainer(options, { backend, config, kind: "base", objective }, await startOf(config, files));
}

async function startOf(config: ModelConfig, { checkpoint, weights }: PretrainStart): Promise<TrainingStart> {
  if (checkpoint) return { from: "checkpoint", checkpoint: await readCheckpoint(checkpoint) };
  if (!weights) return { from: "nothing" };
  const { tensors } = readSafetensors(weights);
  checkParams(config, tensors);
  return { from: "weights", params: tensors, parents: [] };
}
