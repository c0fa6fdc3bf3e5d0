/**
 * The pipeline as data (O1-CODER, Algorithm 1, steps 1 to 4). A stage either makes a data set or trains a checkpoint; another step of the
 * algorithm is another entry of {@link STAGES}.
 */

import { formatModelRef } from "../../core/model";
import type { Tier } from "../../core/problem";
import { LIMITS, type Limit } from "../../experiment/spec/limits";
import type { CheckpointKind, KeptCheckpoint } from "../../ports/checkpoint-store";
import type { DatasetKind, DatasetRecipe, KeptDataset } from "../../ports/dataset-store";
import { datasetsOf, type ObjectiveSpec, type TrainingJob, type TrainingOptions } from "../../ports/trainer";
import { recordShapeOf } from "../../training/data/records";
import { fineTuning } from "../../training/presets";

export const STAGE_IDS = ["tests", "test-pairs", "tests-dpo", "reasoning", "policy", "scorer"] as const;

export type StageId = (typeof STAGE_IDS)[number];

/** How a stage is to go, as a person has set it up. What a stage has no use for is ignored. */
export interface StageSettings {
  /** A way of doing it, one of the stage's `variants`. */
  readonly variant: string;
  /** What it begins with, or asks: `tiny`, `tiny@<id>`. Null: what suits best of what is here. */
  readonly model: string | null;
  /** The data set it learns from, by its id in this browser. Null: the newest that suits. */
  readonly dataset: string | null;
  /** How much of it, in the stage's unit. */
  readonly amount: number;
  readonly learningRate: number;
  readonly keep: TrainingOptions["keep"];
  readonly tier: Tier | "all";
  readonly simulations: number;
  readonly seed: number;
}

/** A number of the settings that a stage lets people change. */
export interface StageField {
  readonly key: "amount" | "learningRate" | "simulations" | "seed";
  readonly label: string;
  readonly limit: Limit;
}

interface StageBase {
  readonly id: StageId;
  /** Of Algorithm 1. */
  readonly step: 1 | 2 | 3 | 4;
  readonly title: string;
  /** What it does, in a sentence. */
  readonly about: string;
  /** Ways of doing it, the first by default, and what each is called. */
  readonly variants: Readonly<Record<string, string>>;
  readonly fields: readonly StageField[];
  readonly defaults: StageSettings;
  /** Kinds of checkpoints that it can begin with or ask, besides the shipped model; the best first. */
  readonly models: readonly CheckpointKind[];
}

/** A stage that makes a data set. */
export interface CollectStage extends StageBase {
  readonly does: "collect";
  readonly makes: DatasetKind;
  /** What it makes, in words. */
  readonly product: string;
  /** People choose among tiers. */
  readonly hasTier: boolean;
}

/** A stage that trains a checkpoint. */
export interface TrainStage extends StageBase {
  readonly does: "train";
  readonly makes: Exclude<CheckpointKind, "base">;
  /** What is watched on a held-out puzzle: a whole path of reasoning, an execution of its operations, or nothing. */
  readonly watches: "path" | "execution" | null;
  /** The stage that makes what it learns from; null when it needs nothing. */
  readonly source: StageId | null;
}

export type Stage = CollectStage | TrainStage;

const real = (min: number, max: number): Limit => ({ min, max, whole: false, exclusive: true });
const whole = (min: number, max: number): Limit => ({ min, max, whole: true });

const SEED: StageField = { key: "seed", label: "Seed", limit: LIMITS.seed };
const RATE: StageField = { key: "learningRate", label: "Learning rate", limit: real(0, 1) };
const EPOCHS: StageField = { key: "amount", label: "Passes over it", limit: real(0, 100) };
const PUZZLES: StageField = { key: "amount", label: "Problems", limit: whole(1, 10_000) };
const THOUSANDS: StageField = { key: "amount", label: "Thousand tokens", limit: whole(1, 100_000) };
const SIMULATIONS: StageField = { key: "simulations", label: "Simulations each", limit: LIMITS.budget.numSimulations };

const COMMON: StageSettings = {
  variant: "",
  model: null,
  dataset: null,
  amount: 1,
  learningRate: 3e-4,
  keep: "last",
  tier: "all",
  simulations: 64,
  seed: 1,
};

/** The stages in their order. The defaults show an effect within minutes; what a model is worth needs more of everything. */
export const STAGES: readonly Stage[] = [
  {
    id: "tests",
    step: 1,
    does: "train",
    makes: "tcg",
    title: "Write tests",
    about: "The model learns to name a problem's operations, to propose an input and to execute.",
    variants: { "language-model": "SFT" },
    fields: [THOUSANDS, RATE, SEED],
    defaults: { ...COMMON, variant: "language-model", amount: 1000, learningRate: 1e-3 },
    models: ["base", "tcg"],
    watches: "execution",
    source: null,
  },
  {
    id: "test-pairs",
    step: 1,
    does: "collect",
    makes: "preference",
    product: "pairs of tests",
    title: "Pairs of tests",
    hasTier: false,
    about: "True tests beside wrong ones: outputs exchanged, as in the paper, or the model's own mistakes.",
    variants: { exchanged: "Outputs exchanged", drawn: "Its own mistakes" },
    fields: [PUZZLES, SEED],
    defaults: { ...COMMON, variant: "exchanged", amount: 300 },
    models: ["tcg", "base"],
  },
  {
    id: "tests-dpo",
    step: 1,
    does: "train",
    makes: "tcg",
    title: "Prefer true tests",
    about: "DPO: true outputs become likelier than wrong ones.",
    variants: { dpo: "DPO" },
    fields: [EPOCHS, RATE, SEED],
    defaults: { ...COMMON, variant: "dpo", learningRate: 3e-5 },
    models: ["tcg", "base"],
    watches: "execution",
    source: "test-pairs",
  },
  {
    id: "reasoning",
    step: 2,
    does: "collect",
    makes: "trees",
    product: "reasoning data",
    title: "Tree search",
    hasTier: true,
    about: "Search on training problems writes down how good every step turned out to be.",
    variants: { trees: "Tree search" },
    fields: [PUZZLES, SIMULATIONS, SEED],
    defaults: { ...COMMON, variant: "trees", amount: 40 },
    models: ["base", "policy"],
  },
  {
    id: "policy",
    step: 3,
    does: "train",
    makes: "policy",
    title: "Policy SFT",
    about: "The policy imitates the paths whose programs pass every test.",
    variants: { sft: "SFT" },
    fields: [EPOCHS, RATE, SEED],
    defaults: { ...COMMON, variant: "sft", amount: 4 },
    models: ["base", "policy"],
    watches: "path",
    source: "reasoning",
  },
  {
    id: "scorer",
    step: 4,
    does: "train",
    makes: "prm",
    title: "Step values",
    about: "A scalar head learns how good every step is: how often a search that went through it succeeded.",
    variants: { "prm-pointwise": "Point-wise", "prm-pairwise": "Pair-wise" },
    fields: [EPOCHS, RATE, SEED],
    defaults: { ...COMMON, variant: "prm-pointwise", amount: 3 },
    models: ["base", "policy"],
    watches: null,
    source: "reasoning",
  },
];

/** What each step of the algorithm makes. */
export const STEP_TITLES: Readonly<Record<Stage["step"], string>> = {
  1: "Test-case generator",
  2: "Reasoning data",
  3: "Policy",
  4: "Process reward model",
};

/** What a stage learns from, in words; null when it needs nothing. */
export function inputWords({ source }: TrainStage): string | null {
  const stage = source === null ? null : stageOf(source);
  return stage?.does === "collect" ? stage.product : null;
}

/** @throws RangeError for an id that is none. */
export function stageOf(id: StageId): Stage {
  const stage = STAGES.find((each) => each.id === id);
  if (!stage) throw new RangeError(`no stage ${id}`);
  return stage;
}

/** The stage that a training belongs to; null for one that was begun elsewhere, such as a base. */
export function stageOfJob({ kind, objective }: Pick<TrainingJob, "kind" | "objective">): StageId | null {
  const found = STAGES.find(
    ({ does, makes, variants }) => does === "train" && makes === kind && objective.name in variants,
  );
  return found?.id ?? null;
}

/** The stage that a data set belongs to; null for one that came as a file. */
export function stageOfRecipe(recipe: DatasetRecipe | null): StageId | null {
  if (recipe === null) return null;
  return STAGES.find(({ does, variants }) => does === "collect" && recipe.source in variants)?.id ?? null;
}

const objectiveOf = (variant: string) => variant as ObjectiveSpec["name"];

/** Whether a stage, done in this way, can learn from a data set. */
export function suits(stage: TrainStage, variant: string, { kind, content }: Pick<KeptDataset, "kind" | "content">) {
  if (content === null) return false;
  const shape = recordShapeOf(objectiveOf(variant));
  // Pairs of tests and pairs of steps have the same shape; trees have only the latter.
  return kind === shape || (kind === "trees" && stage.makes !== "tcg" && shape !== null);
}

/** The data set that a stage would learn from; null when there is none, or it needs none. */
export function datasetOf(
  stage: TrainStage,
  { dataset, variant }: StageSettings,
  datasets: readonly KeptDataset[],
): KeptDataset | null {
  const suitable = datasets.filter((each) => suits(stage, variant, each));
  return suitable.find(({ id }) => id === dataset) ?? suitable[0] ?? null;
}

/** The model that a stage would begin with or ask; one that has been removed since it was chosen is as if none had been. */
export function modelOf({ models }: Stage, { model }: StageSettings, checkpoints: readonly KeptCheckpoint[]): string {
  const isHere = ({ record }: KeptCheckpoint) => formatModelRef({ engine: "tiny", checkpoint: record.id }) === model;
  if (model === formatModelRef({ engine: "tiny" }) || (model !== null && checkpoints.some(isHere))) return model;
  // The shipped base is better than what minutes of training make of it, so only what has no base takes the newest.
  if (models[0] === "base") return formatModelRef({ engine: "tiny" });
  const best = checkpoints.find(({ record }) => record.kind === models[0]);
  return formatModelRef({ engine: "tiny", ...(best ? { checkpoint: best.record.id } : {}) });
}

/** What a training stage is to do. */
export function jobOf(
  stage: TrainStage,
  settings: StageSettings,
  start: string,
  dataset: KeptDataset | null,
): TrainingJob {
  const { variant, amount, learningRate, keep, seed } = settings;
  const preset = fineTuning(stage.makes, objectiveOf(variant));
  const isCorpus = preset.objective.name === "language-model";
  return {
    ...preset,
    objective: isCorpus ? { name: "language-model", corpus: "tests", curriculumFrom: 0 } : preset.objective,
    options: {
      ...preset.options,
      seed,
      length: isCorpus ? { tokens: 1000 * amount } : { epochs: amount },
      peakLearningRate: learningRate,
      keep,
    },
    start,
    ...(dataset?.content ? { datasets: [dataset.content] } : {}),
  };
}

/** How a training was set up; its data set is looked for among those of this browser. */
export function settingsOfJob(job: TrainingJob, datasets: readonly KeptDataset[]): Partial<StageSettings> {
  const { objective, options, start } = job;
  const { length, peakLearningRate, keep = "last", seed } = options;
  const learnt = datasets.find(({ content }) => content !== null && datasetsOf(job).includes(content));
  return {
    variant: objective.name,
    model: start,
    amount: "tokens" in length ? length.tokens / 1000 : length.epochs,
    learningRate: peakLearningRate,
    keep,
    seed,
    ...(learnt ? { dataset: learnt.id } : {}),
  };
}

/** How a data set was set up. */
export function settingsOfRecipe({
  source,
  model,
  tier,
  problems,
  simulations,
  seed,
}: DatasetRecipe): Partial<StageSettings> {
  return { variant: source, model, tier, amount: problems, simulations, seed };
}

/** What a collecting stage is to do. */
export function recipeOf({ variant, tier, amount, simulations, seed }: StageSettings, model: string): DatasetRecipe {
  return { source: variant as DatasetRecipe["source"], model, tier, problems: amount, simulations, seed };
}
