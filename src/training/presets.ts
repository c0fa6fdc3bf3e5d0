import type { ObjectiveSpec, TrainingJob, TrainingOptions } from "../ports/trainer";

/** What can be trained: the base, and the three steps that begin with it (O1-CODER, Algorithm 1, steps 1, 3 and 4). */
export const TRAINING_TASKS = ["base", "tcg", "policy", "prm"] as const;

/** See {@link TRAINING_TASKS}. */
export type TrainingTaskName = (typeof TRAINING_TASKS)[number];

const COMMON: Omit<TrainingOptions, "length" | "peakLearningRate"> = {
  seed: 1,
  rows: 3,
  rowTokens: 320,
  warmup: 0.02,
  batchesPerStep: 1,
  frozen: [],
  keep: "last",
};

/** A base from nothing. The shipped one had batches of 4 rows of 256 tokens, before puzzles had a tier with two things hidden. */
export const PRETRAINING: TrainingJob = {
  kind: "base",
  objective: { name: "language-model", corpus: "base", curriculumFrom: 0 },
  options: { ...COMMON, length: { tokens: 10_500_000 }, peakLearningRate: 2e-3 },
  start: "nothing",
};

/** What each objective is taken with when nothing else is said. */
export const OBJECTIVES: { readonly [Name in ObjectiveSpec["name"]]: Extract<ObjectiveSpec, { name: Name }> } = {
  "language-model": { name: "language-model", corpus: "base", curriculumFrom: 1 },
  sft: { name: "sft", replay: 0.15 },
  dpo: { name: "dpo", beta: 0.1, nllWeight: 1 },
  "prm-pointwise": { name: "prm-pointwise", labels: "counts" },
  "prm-pairwise": { name: "prm-pairwise", margin: 0 },
};

/** Passes over the data and the learning rate's peak. */
const FINE_TUNING: { readonly [Name in ObjectiveSpec["name"]]: Pick<TrainingOptions, "length" | "peakLearningRate"> } =
  {
    "language-model": { length: { tokens: 1_000_000 }, peakLearningRate: 3e-4 },
    sft: { length: { epochs: 3 }, peakLearningRate: 3e-4 },
    dpo: { length: { epochs: 1 }, peakLearningRate: 3e-5 },
    "prm-pointwise": { length: { epochs: 3 }, peakLearningRate: 3e-4 },
    "prm-pairwise": { length: { epochs: 3 }, peakLearningRate: 3e-4 },
  };

/** A job from the base's weights, to be changed as one likes. */
export function fineTuning(kind: TrainingJob["kind"], objective: ObjectiveSpec["name"]): TrainingJob {
  return {
    kind,
    objective: OBJECTIVES[objective],
    options: { ...COMMON, rows: 3, rowTokens: 384, ...FINE_TUNING[objective] },
    start: "tiny",
  };
}
