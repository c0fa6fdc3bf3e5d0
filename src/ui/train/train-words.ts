import { type ModelRef, parseModelRef } from "../../core/model";
import type { CheckpointKind, CheckpointRecord, KeptCheckpoint } from "../../ports/checkpoint-store";
import type { DatasetCounts, DatasetKind, KeptDataset } from "../../ports/dataset-store";
import { datasetsOf } from "../../ports/trainer";
import type { KeptTraining } from "../../ports/training-archive";
import type { StageId } from "../../store/train/stages";
import { stageOfJob, stageOfRecipe } from "../../store/train/stages";
import type { TrainState, Work } from "../../store/train/state";
import { shortId } from "../models/model-words";
import { formatCount, formatNumber, formatShare, formatWait } from "../shared/format";

/** What a kind of checkpoint is called. */
export const KIND_WORDS: Readonly<Record<CheckpointKind, string>> = {
  base: "Base",
  policy: "Policy",
  tcg: "Test generator",
  prm: "Reward model",
};

/** What a kind of data set is called. */
export const DATASET_WORDS: Readonly<Record<DatasetKind, string>> = {
  trees: "Search trees",
  completion: "Completions",
  preference: "Preferences",
  stepwise: "Valued steps",
};

/** A checkpoint in a line. */
export function checkpointName({ kind, id }: Pick<CheckpointRecord, "kind" | "id">): string {
  return `${KIND_WORDS[kind]} ${shortId(id)}`;
}

/** What a model is called where a stage begins with it. */
export function startName(start: string, kindOf: (id: string) => CheckpointKind | undefined): string {
  if (start === "nothing") return "random weights";
  const ref: ModelRef = parseModelRef(start);
  if (ref.engine !== "tiny" || ref.checkpoint === undefined) return "the shipped model";
  const kind = kindOf(ref.checkpoint);
  return kind === undefined ? `checkpoint ${shortId(ref.checkpoint)}` : checkpointName({ kind, id: ref.checkpoint });
}

/** How much is in a data set, in few words. */
export function countWords({ lines, problems, solved, paths }: DatasetCounts, kind: DatasetKind): string {
  if (kind !== "trees") return formatNumber(lines, kind === "preference" ? "pair" : "record");
  return `${formatCount(solved)} of ${formatNumber(problems, "problem")} solved, ${formatNumber(paths, "path")}`;
}

/** How much a data set has to teach: of trees, a policy learns from the passing paths, and a reward model from every step. */
export function sizeWords(
  { kind, counts: { lines, paths, nodes } }: Pick<KeptDataset, "kind" | "counts">,
  learner: CheckpointKind,
): string {
  if (kind === "trees") return learner === "prm" ? formatNumber(nodes, "step") : formatNumber(paths, "passing path");
  return formatNumber(lines, kind === "preference" ? "pair" : "record");
}

/** A loss to three digits. */
export function formatLoss(loss: number): string {
  return loss >= 10 ? loss.toFixed(1) : loss.toPrecision(3);
}

/** What a figure of an objective is called, and what it means in a sentence. */
interface MetricWords {
  readonly name: string;
  readonly hint: string;
}

const LOSSES: Readonly<Record<string, string>> = {
  dpo: "Minus the log sigmoid of the margin, with a small part of the chosen text's own loss: lower is better.",
  "prm-pointwise": "Cross-entropy of the estimates with what the searches measured, in nats a step: lower is better.",
  "prm-pairwise": "Minus the log probability that the better sibling is put first, in nats a pair: lower is better.",
};

const ACCURACIES: Readonly<Record<string, string>> = {
  dpo: "Share of pairs in which the chosen text has gained on the rejected one.",
  "prm-pointwise": "Share of steps whose estimate is on the side of one half on which the measured value is.",
  "prm-pairwise": "Share of pairs of siblings whose better one is valued higher.",
};

const METRICS: Readonly<Record<string, MetricWords>> = {
  value: {
    name: "measured value",
    hint: "Mean share of searches through a step that succeeded: what is to be estimated.",
  },
  estimate: {
    name: "estimate",
    hint: "Mean value that the model gives these steps: near the measured one when it is calibrated.",
  },
  brier: {
    name: "Brier score",
    hint: "Mean squared distance of estimate and measured value: 0 is perfect, lower is better.",
  },
  chosenLogProb: { name: "chosen log p", hint: "Log-probability of the true text, in nats: it should not fall." },
  rejectedLogProb: { name: "rejected log p", hint: "Log-probability of the wrong text, in nats: it should fall." },
  margin: {
    name: "margin",
    hint: "How far the chosen text has gained on the rejected one since the beginning, times beta.",
  },
  difference: {
    name: "difference",
    hint: "Score of the better sibling minus that of the other: above 0 the order is right.",
  },
};

/** A figure of an objective; `loss` is one of them. */
export function metricWords(metric: string, objective: string): MetricWords {
  if (metric === "loss") {
    return {
      name: "loss",
      hint: LOSSES[objective] ?? "Cross-entropy of the next token, in nats a token: lower is better.",
    };
  }
  if (metric === "accuracy") {
    return { name: "accuracy", hint: ACCURACIES[objective] ?? "Share of tokens that are the model's first choice." };
  }
  return METRICS[metric] ?? { name: spelled(metric), hint: "" };
}

/** `shareOfPairs` as people write it: `share of pairs`. */
function spelled(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll(/[-_/]/g, " ")
    .toLowerCase();
}

/** What a loss is measured in. */
export function lossUnit(objective: string): string {
  if (objective === "prm-pointwise") return "nats a step";
  return objective === "dpo" || objective === "prm-pairwise" ? "nats a pair" : "nats a token";
}

/** Whether what an objective learns is to tell right from wrong: then people want to know how often it does. */
function isJudge({ objective }: KeptTraining["job"]): boolean {
  return objective.name !== "sft" && objective.name !== "language-model";
}

/** What a training has come to, at the beginning and with the weights that it keeps, on what is held out; without that, its loss in training. */
export function keyFigure({ job, curve = [], progress }: Pick<KeptTraining, "job" | "curve" | "progress">): string {
  const held = curve.filter(({ evaluation }) => evaluation !== null);
  const best = held.slice(1).toSorted((a, b) => (a.evaluation ?? 0) - (b.evaluation ?? 0))[0];
  const [first, last] = [held[0], job.options.keep === "best" ? best : held.at(-1)];
  if (first && last && first !== last) {
    const [before, after] = [first.held?.accuracy, last.held?.accuracy];
    if (isJudge(job) && before !== undefined && after !== undefined) {
      return `held-out accuracy ${formatShare(before)} → ${formatShare(after)}${after < before ? ", worse" : ""}`;
    }
    const [from, to] = [first.evaluation ?? 0, last.evaluation ?? 0];
    return `held-out loss ${formatLoss(from)} → ${formatLoss(to)}${to > from ? ", worse" : ""}`;
  }
  const loss = progress?.loss;
  return loss !== undefined && Number.isFinite(loss) ? `loss ${formatLoss(loss)}` : "";
}

/** What a stage has to show: the newest that it has begun, and how that stands. */
export interface StageView {
  readonly training: KeptTraining | null;
  readonly dataset: KeptDataset | null;
  readonly work: Work | null;
  readonly state: "new" | "running" | "paused" | "elsewhere" | "done" | "failed";
  /** How much is done, in [0, 1]. */
  readonly share: number;
}

type Seen = Pick<TrainState, "trainings" | "datasets" | "work" | "elsewhere" | "faults">;

/** See {@link StageView}. */
export function viewOf(id: StageId, { trainings, datasets, work, elsewhere, faults }: Seen): StageView {
  const training = trainings.find(({ job }) => stageOfJob(job) === id) ?? null;
  const dataset = training ? null : (datasets.find(({ recipe }) => stageOfRecipe(recipe) === id) ?? null);
  const mine = work?.stage === id ? work : null;
  const share = Math.max(mine?.share ?? 0, shareOf(training, dataset));
  const begun = training ?? dataset;
  const isDone = training ? training.checkpoint !== null : dataset !== null && dataset.content !== null;
  const state = (): StageView["state"] => {
    if (mine) return "running";
    if (begun !== null && isDone) return "done";
    if (begun !== null && elsewhere.includes(begun.id)) return "elsewhere";
    if (faults[id]) return "failed";
    return begun === null ? "new" : "paused";
  };
  return { training, dataset, work: mine, state: state(), share: isDone && !mine ? 1 : share };
}

function shareOf(training: KeptTraining | null, dataset: KeptDataset | null): number {
  if (training?.progress && training.totalTokens) return Math.min(1, training.progress.tokens / training.totalTokens);
  if (dataset?.recipe) return Math.min(1, dataset.counts.problems / dataset.recipe.problems);
  return 0;
}

/** What a stage learns from: the data set, or what it is called while there is none. */
export interface StageInput {
  readonly dataset: KeptDataset | null;
  readonly name: string;
  /** What learns from it. */
  readonly learner: CheckpointKind;
}

/** What happens before there is something to count. */
function beginningWords(training: KeptTraining | null): string {
  if (training === null) return "The first problems are under way";
  return training.progress === null ? "Getting model and data ready" : "The first steps are under way";
}

/** Why a stage cannot be started just now, though it has what it needs; undefined when it can. */
export function hindrance({ state }: StageView, isBusy: boolean): string | undefined {
  if (state === "elsewhere") return "Under way in another tab";
  return isBusy ? "Something else is running" : undefined;
}

/** How much of a stage is done, as a bar shows it; null while that cannot be told. */
export function barShare({ state, work, share }: StageView): number | null {
  if (state !== "running" || share > 0) return share;
  return work?.preparation?.fraction ?? null;
}

/** How a stage stands, in a few words; `input` is what it learns from, if it needs something. */
export function stateWords({ state, work, training, dataset, share }: StageView, input: StageInput | null): string {
  switch (state) {
    case "running":
      if (work?.isStopping) return "Stopping";
      if (work?.preparation) return work.preparation.message;
      if (share === 0) return beginningWords(training);
      return [formatShare(share), work?.secondsLeft == null ? "" : `${formatWait(work.secondsLeft)} left`]
        .filter((part) => part !== "")
        .join(" · ");
    case "paused":
      return `Paused at ${formatShare(share)}`;
    case "elsewhere":
      return "Under way in another tab";
    case "failed":
      return "Broken off";
    case "done":
      return training ? keyFigure(training) : dataset ? countWords(dataset.counts, dataset.kind) : "";
    case "new":
      if (input === null) return "Ready to start";
      return input.dataset ? `From ${sizeWords(input.dataset, input.learner)}` : `Needs ${input.name}`;
  }
}

/** What is known of what may hang on a checkpoint. */
interface Surroundings {
  readonly trainings: readonly KeptTraining[];
  readonly checkpoints: readonly KeptCheckpoint[];
  readonly datasets: readonly KeptDataset[];
  /** The model that the explorer is set up with. */
  readonly model: string;
}

/** What goes with a checkpoint that is removed, and what stays without it. */
export function removalWords(id: string, { trainings, checkpoints, datasets, model }: Surroundings): string {
  const isNamed = (ref: string) => ref.includes(`@${id}`);
  const children = checkpoints.filter(({ record }) => record.parents.includes(id)).length;
  const made = datasets.filter(({ recipe }) => recipe !== null && isNamed(recipe.model));
  const [open, done] = [true, false].map(
    (isOpen) => made.filter(({ content }) => (content === null) === isOpen).length,
  );
  return [
    trainings.some(({ checkpoint }) => checkpoint === id) ? "Its curves and answers go too." : "",
    isNamed(model) ? "The explorer is set up with it." : "",
    open ? `${formatNumber(open, "data set")} cannot be completed without it.` : "",
    staying(children, done ?? 0),
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function staying(checkpoints: number, datasets: number): string {
  const parts = [
    checkpoints > 0 ? formatNumber(checkpoints, "checkpoint") : "",
    datasets > 0 ? formatNumber(datasets, "data set") : "",
  ].filter((part) => part !== "");
  if (parts.length === 0) return "";
  return `${parts.join(" and ")} made with it ${checkpoints + datasets === 1 ? "stays" : "stay"}.`;
}

/** What stays without a data set that is removed. */
export function datasetRemovalWords({ content }: KeptDataset, checkpoints: readonly KeptCheckpoint[]): string {
  const learnt = checkpoints.filter(
    ({ record }) => content !== null && datasetsOf(record.options).includes(content),
  ).length;
  return staying(learnt, 0);
}
