import { LabError } from "../../core/errors";
import type { KeptDataset } from "../../ports/dataset-store";
import type { TrainingData } from "../../ports/trainer";
import type { CurvePoint, KeptTraining, TrainingNotes, WatchedSample } from "../../ports/training-archive";
import { recordShapeOf, refuseHeldOut, splitLines } from "../../training/data/records";
import { recordLines } from "../../training/data/trees";
import { runSession, type SessionReport } from "../../training/session";
import { datasetOf, jobOf, modelOf, type StageId, stageOf, stageOfJob, type TrainStage } from "./stages";
import type { TrainStore, TrainWorld, Work } from "./state";
import { isRight, questionOf } from "./watching";

type Set = TrainStore["setState"];
type Get = TrainStore["getState"];

/** Of problems, held out. */
const VALIDATION_SHARE = 0.1;

/** Points of a curve that are kept; of more, every second one goes. */
const MOST_POINTS = 400;

/** Begins a training as its stage is set up. @throws LabError `input/*` when something is missing; `storage/*`. */
export async function beginTraining(
  stage: TrainStage,
  { settings, datasets, puzzle }: ReturnType<Get>,
  { archive, datasets: store, knownCheckpoints }: TrainWorld,
): Promise<KeptTraining> {
  const chosen = settings[stage.id];
  const dataset = stage.source === null ? null : datasetOf(stage, chosen, datasets);
  if (stage.source !== null && dataset === null) throw nothingToLearnFrom(stage.source);
  const job = jobOf(stage, chosen, modelOf(stage, chosen, knownCheckpoints()), dataset);
  const data = await dataOf(stage, chosen.variant, dataset, chosen.seed, (id) => store.lines(id));
  const watch = questionOf(stage, puzzle);
  return archive.create(stage.title, job, data, watch ?? undefined);
}

function nothingToLearnFrom(source: StageId): LabError {
  const { title } = stageOf(source);
  return new LabError(
    "input/no-dataset",
    "There is nothing to learn from yet.",
    `Start with "${title}", or import a data set.`,
  );
}

/** The records of a data set, those of some problems held out. */
async function dataOf(
  { makes }: TrainStage,
  variant: string,
  dataset: KeptDataset | null,
  seed: number,
  linesOf: (id: string) => Promise<readonly string[]>,
): Promise<TrainingData> {
  const shape = recordShapeOf(variant as Parameters<typeof recordShapeOf>[0]);
  if (dataset === null || shape === null) return { train: "", validation: "" };
  const lines = (await linesOf(dataset.id)).join("\n");
  const records = makes === "tcg" ? lines : recordLines(lines, shape);
  refuseHeldOut(records, `"${dataset.title}"`);
  return splitLines(records, VALIDATION_SHARE, seed);
}

/** Does a training, or goes on with it, and shows how it goes. @throws LabError what ends it. */
export async function advanceTraining(
  training: KeptTraining,
  set: Set,
  get: Get,
  world: TrainWorld,
  signal: AbortSignal,
): Promise<void> {
  const { id, job } = training;
  const { archive, checkpoints, now } = world;
  const stage = stageOfJob(job);
  const open = world.trainerOpener((preparation) => working(set, { preparation }));
  const pace = new Pace(now);
  const session = runSession(training, { archive, checkpoints, open, now }, signal);
  for (;;) {
    const next = await session.next();
    if (next.done) {
      const known = get().trainings.find((each) => each.id === id);
      if (known) await archive.note(id, notesOf(known)).catch(() => {});
      if (next.value) await world.loadCheckpoints();
      return;
    }
    const { progress, setup, notKept } = next.value;
    const share = Math.min(1, progress.tokens / setup.totalTokens);
    const resumedAt = pace.isFresh && progress.step > 0 ? `step ${progress.step}` : undefined;
    working(set, {
      ...{ preparation: null, share, notKept, secondsLeft: pace.secondsLeft(share) },
      ...(resumedAt === undefined ? {} : { resumedAt }),
    });
    const known = get().trainings.find((each) => each.id === id) ?? training;
    const noted = { ...(await noteOf(known, next.value, stage, world)), totalTokens: setup.totalTokens };
    set(({ trainings, setups }) => ({
      trainings: trainings.map((each) => (each.id === id ? { ...each, ...noted, progress } : each)),
      setups: { ...setups, [id]: setup },
    }));
    // Curves are worth less than what is learnt: where there is no room for them, that is said of the latter.
    if (next.value.evaluation !== null || next.value.watched) await archive.note(id, noted).catch(() => {});
  }
}

function notesOf({ curve = [], samples = [] }: KeptTraining): TrainingNotes {
  return { curve, samples };
}

/** What a report adds to what is known of a training. */
async function noteOf(
  { curve = [], samples = [], watch }: KeptTraining,
  { progress, evaluation, watched }: SessionReport,
  stage: StageId | null,
  { judge }: TrainWorld,
): Promise<{ readonly curve: readonly CurvePoint[]; readonly samples: readonly WatchedSample[] }> {
  const { step, tokens, loss, metrics } = progress;
  const before = curve.filter((point) => point.step < step);
  const earlier = samples.filter((sample) => sample.step < step);
  const held = { evaluation: evaluation?.loss ?? null, held: evaluation?.metrics ?? null };
  const point: CurvePoint = { step, tokens, loss, metrics, ...held };
  if (!watched || !watch || stage === null) return { curve: thinned([...before, point]), samples: earlier };
  const right = await isRight(stageOf(stage) as TrainStage, watch.puzzle, watched, judge);
  return { curve: thinned([...before, point]), samples: [...earlier, { ...watched, step, isRight: right }] };
}

function thinned(curve: readonly CurvePoint[]): readonly CurvePoint[] {
  if (curve.length <= MOST_POINTS) return curve;
  return curve.filter(({ evaluation }, i) => evaluation !== null || i % 2 === 0 || i === curve.length - 1);
}

/** Changes what is shown of the work under way. */
export function working(set: Set, change: Partial<Work>): void {
  set(({ work }) => (work === null ? {} : { work: { ...work, ...change } }));
}

/** How long the rest takes at the pace of this sitting. */
export class Pace {
  readonly #now: () => number;
  #begun: { readonly at: number; readonly share: number } | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Nothing was told of yet. */
  get isFresh(): boolean {
    return this.#begun === null;
  }

  /** @param share how much is done, in [0, 1]. */
  secondsLeft(share: number): number | null {
    const at = this.#now();
    this.#begun ??= { at, share };
    const gained = share - this.#begun.share;
    return gained <= 0 ? null : ((1 - share) / gained) * ((at - this.#begun.at) / 1000);
  }
}
