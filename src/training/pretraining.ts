import type { Tokenizer } from "../model/io/tokenizer";
import type { ModelConfig } from "../model/network/config";
import type { Trainer } from "../ports/trainer";
import { readCheckpoint } from "./checkpoint";
import type { Corpus } from "./data/corpus";
import type { TrainingBackend } from "./learner";
import { createTrainer, type TrainingOptions } from "./loop";
import { languageModelObjective } from "./objectives/language-model";

/** A pretraining run: a language model from nothing, on texts that a seeded corpus makes. */
export interface PretrainOptions extends TrainingOptions {
  readonly batchRows: number;
  readonly rowTokens: number;
}

/** How the shipped weights were trained. */
export const PRETRAIN_DEFAULTS: PretrainOptions = {
  seed: 1,
  totalTokens: 10_500_000,
  batchRows: 4,
  rowTokens: 256,
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

/**
 * Starts a run, or resumes one from a checkpoint's file.
 * @throws LabError `model/bad-checkpoint`, `model/weights-mismatch` and the like when the file is no checkpoint of such a run.
 */
export async function createPretraining(
  options: PretrainOptions,
  { backend, config, tokenizer, createCorpus }: PretrainMaterial,
  file?: Uint8Array,
): Promise<Trainer> {
  const { seed, batchRows: rows, rowTokens } = options;
  const objective = languageModelObjective({ tokenizer, createCorpus, seed, rows, rowTokens });
  const checkpoint = file && (await readCheckpoint(file));
  const start = checkpoint ? ({ from: "checkpoint", checkpoint } as const) : ({ from: "nothing" } as const);
  return createTrainer(options, { backend, config, kind: "base", objective }, start);
}
