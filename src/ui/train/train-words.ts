import { type ModelRef, parseModelRef } from "../../core/model";
import type { CheckpointKind, CheckpointRecord } from "../../ports/checkpoint-store";
import type { DatasetCounts, DatasetKind, KeptDataset } from "../../ports/dataset-store";
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

/** `chosenLogProb` as people write it: `chosen log prob`. */
export function metricWords(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll(/[-_/]/g, " ")
    .toLowerCase();
}

/** Whether what an objective learns is to tell right from wrong: then people want to know how often it does. */
function isJudge({ objective }: KeptTraining["job"]): boolean {
  return objective.name !== "sft" && objective.name !== "language-model";
}

/** What a training has come to, at the beginning and now, on what is held out; without that, its loss in training. */
export function keyFigure({ job, curve = [], progress }: Pick<KeptTraining, "job" | "curve" | "progress">): string {
  const held = curve.filter(({ evaluation }) => evaluation !== null);
  const [first, last] = [held[0], held.at(-1)];
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
  const share = mine?.share ?? shareOf(training, dataset);
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

/** How a stage stands, in a few words; `input` is what it learns from, if it needs something. */
export function stateWords({ state, work, training, dataset, share }: StageView, input: StageInput | null): string {
  switch (state) {
    case "running":
      if (work?.isStopping) return "Stopping";
      if (work?.preparation) return work.preparation.message;
      if (share === 0) return "Starting";
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
