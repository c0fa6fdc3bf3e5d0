import { createStore } from "zustand/vanilla";
import { parseTrees } from "../../core/data/lines";
import { LabError, toErrorData } from "../../core/errors";
import { TAKEN_PLACE } from "../../experiment/compare/compare";
import type { KeptDataset } from "../../ports/dataset-store";
import type { KeptTraining, WatchedPuzzle } from "../../ports/training-archive";
import { contentId } from "../../selfplay/dataset";
import { readModel } from "../../training/model-file";
import { modelFolder, zipFolder } from "../../training/model-folder";
import { endSession } from "../../training/session";
import { advanceDataset, datasetFile, readDataset } from "./dataset-actions";
import {
  modelOf,
  recipeOf,
  STAGES,
  type StageId,
  settingsOfJob,
  settingsOfRecipe,
  stageOf,
  stageOfJob,
  stageOfRecipe,
} from "./stages";
import { MOST_OPENED, type TrainState, type TrainStore, type TrainWorld, type Work } from "./state";
import { advanceTraining, beginTraining } from "./training-actions";

/**
 * The shipped model does not solve it by its likeliest path, and does after the policy's stage with the defaults (measured with the command line:
 * `collect --problems 40`, `train policy --epochs 4`, `eval --split validation --tier hinted --n 40 --strategy greedy`).
 */
const FIRST_PUZZLE: WatchedPuzzle = { tier: "hinted", index: 3 };

type Set = TrainStore["setState"];
type Get = TrainStore["getState"];

/** Makes the store of the Train view. */
export function createTrainStore(world: TrainWorld): TrainStore {
  return createStore<TrainState>()((set, get) => ({
    isLoaded: false,
    stage: "reasoning",
    settings: Object.fromEntries(STAGES.map(({ id, defaults }) => [id, defaults])) as TrainState["settings"],
    puzzle: FIRST_PUZZLE,
    trainings: [],
    datasets: [],
    work: null,
    faults: {},
    elsewhere: [],
    setups: {},
    storageFault: null,
    imported: null,
    select: (stage) => set({ stage }),
    edit: (stage, change) =>
      set(({ settings }) => ({ settings: { ...settings, [stage]: { ...settings[stage], ...change } } })),
    watch: (puzzle) => set({ puzzle }),
    ...workActions(set, get, world),
    ...datasetActions(set, get, world),
    ...checkpointActions(set, get, world),
  }));
}

/** Something that takes long, is kept on the way, and can be gone on with. */
type Job =
  | { readonly does: "train"; readonly stage: StageId; readonly training: KeptTraining }
  | { readonly does: "collect"; readonly stage: StageId; readonly dataset: KeptDataset };

const idOf = (job: Job) => (job.does === "train" ? job.training.id : job.dataset.id);

function workActions(set: Set, get: Get, world: TrainWorld) {
  const { archive, datasets, knownCheckpoints, notify } = world;
  /** What this tab does, and how it is ended. */
  let current: { readonly controller: AbortController; readonly over: Promise<void> } | null = null;

  const load = async () => {
    try {
      const [trainings, kept] = await Promise.all([archive.list(), datasets.list(), world.loadCheckpoints()]);
      set({ trainings, datasets: kept, isLoaded: true, storageFault: null });
    } catch (thrown) {
      set({ isLoaded: true, storageFault: toErrorData(thrown) });
    }
  };
  const pausing = async (job: Job, isPaused: boolean) => {
    const id = idOf(job);
    set(({ trainings, datasets: all }) => ({
      trainings: trainings.map((each) => (each.id === id ? { ...each, isPaused } : each)),
      datasets: all.map((each) => (each.id === id ? { ...each, isPaused } : each)),
    }));
    const keeper = job.does === "train" ? archive : datasets;
    await keeper.note(id, { isPaused }).catch((thrown: unknown) => set({ storageFault: toErrorData(thrown) }));
  };
  /** Does a job to its end or its pause. Whoever wants it while another tab has it leaves it there. */
  const run = async (job: Job) => {
    if (get().work !== null) return;
    const controller = new AbortController();
    const over = advance(job, set, get, world, controller.signal);
    current = { controller, over };
    await over;
    if (current?.controller === controller) current = null;
  };
  const stop = async () => {
    set(({ work }) => (work === null ? {} : { work: { ...work, isStopping: true } }));
    current?.controller.abort();
    await current?.over;
  };
  const jobOf = (id: string): Job | null => {
    const training = get().trainings.find((each) => each.id === id);
    const trained = training ? stageOfJob(training.job) : null;
    if (training && trained) return { does: "train", stage: trained, training };
    const dataset = get().datasets.find((each) => each.id === id);
    const collected = dataset ? stageOfRecipe(dataset.recipe) : null;
    return dataset && collected ? { does: "collect", stage: collected, dataset } : null;
  };
  /** The form of a stage says how what it has begun last was set up: so after a reload, and when other data have come meanwhile. */
  const fillForms = () => {
    const { trainings, datasets: all, edit } = get();
    for (const { id } of STAGES) {
      const training = trainings.find(({ job }) => stageOfJob(job) === id);
      const recipe = all.find((each) => stageOfRecipe(each.recipe) === id)?.recipe;
      if (training) edit(id, settingsOfJob(training.job, all));
      else if (recipe) edit(id, settingsOfRecipe(recipe));
    }
  };
  const begin = async (id: StageId): Promise<Job> => {
    const stage = stageOf(id);
    if (stage.does === "train") {
      const training = await beginTraining(stage, get(), world);
      set(({ trainings }) => ({ trainings: [training, ...trainings] }));
      get().edit(id, settingsOfJob(training.job, get().datasets));
      return { does: "train", stage: id, training };
    }
    const chosen = get().settings[id];
    const recipe = recipeOf(chosen, modelOf(stage, chosen, knownCheckpoints()));
    const dataset = await datasets.create({ title: stage.title, kind: stage.makes, recipe });
    set(({ datasets: all }) => ({ datasets: [dataset, ...all] }));
    return { does: "collect", stage: id, dataset };
  };

  /** Goes on with jobs, one after the other; those that another tab has are left there. */
  const goOn = async (ids: readonly string[]) => {
    for (const id of ids) {
      const job = jobOf(id);
      if (job === null || get().work !== null) continue;
      set({ stage: job.stage });
      await run(job);
    }
  };

  /** Whether another tab has what is neither finished nor paused. */
  const isElsewhere = async (id: string, keeper: Pick<TrainWorld["archive"], "claim">): Promise<boolean> => {
    const release = await keeper.claim(id);
    release?.();
    return release === null;
  };

  return {
    refresh: async () => {
      if (!get().isLoaded) return;
      await told(notify, async () => {
        const [trainings, kept] = await Promise.all([archive.list(), datasets.list()]);
        const mine = get().work?.id;
        const open = [
          ...trainings.filter((each) => each.checkpoint === null).map((each) => ({ ...each, keeper: archive })),
          ...kept.filter((each) => each.content === null).map((each) => ({ ...each, keeper: datasets })),
        ].filter(({ id, isPaused }) => id !== mine && !isPaused);
        const busy = await Promise.all(open.map(({ id, keeper }) => isElsewhere(id, keeper)));
        const elsewhere = open.filter((_, i) => busy[i]).map(({ id }) => id);
        // What this tab is at is known better than it is kept.
        set(({ trainings: known, datasets: all }) => ({
          trainings: trainings.map((each) => known.find(({ id }) => id === mine && id === each.id) ?? each),
          datasets: kept.map((each) => all.find(({ id }) => id === mine && id === each.id) ?? each),
          elsewhere,
        }));
      });
      await world.loadCheckpoints();
    },
    load: async () => {
      await load();
      fillForms();
      const { trainings, datasets: all } = get();
      const broken = [
        ...trainings.filter(({ checkpoint, isPaused }) => checkpoint === null && !isPaused),
        ...all.filter(({ content, isPaused }) => content === null && !isPaused),
      ];
      void goOn(broken.map(({ id }) => id));
    },
    start: async (id: StageId) => {
      if (get().work !== null) return;
      set(({ faults }) => ({ stage: id, faults: { ...faults, [id]: null } }));
      try {
        await run(await begin(id));
      } catch (thrown) {
        set(({ faults }) => ({ faults: { ...faults, [id]: toErrorData(thrown) } }));
      }
    },
    resume: async (id: string) => {
      const job = jobOf(id);
      if (job === null) return;
      if (get().work !== null) {
        return notify({ tone: "info", message: "Something else is under way in this tab.", hint: "Pause it first." });
      }
      set(({ faults }) => ({ stage: job.stage, faults: { ...faults, [job.stage]: null } }));
      await pausing(job, false);
      await run(jobOf(id) ?? job);
    },
    pause: async () => {
      const { work } = get();
      const job = work && jobOf(work.id);
      if (!job) return;
      await pausing(job, true);
      await stop();
    },
    finish: async (id: string) => {
      const training = get().trainings.find((each) => each.id === id);
      if (!training || get().work?.id === id) return;
      await told(notify, async () => {
        const kept = await endSession(training, world);
        if (kept === null) throw new LabError("input/no-part", "Nothing was learnt yet.", "Resume it, or cancel it.");
        set({ trainings: await archive.list() });
      });
      await world.loadCheckpoints();
    },
    cancel: async (id: string) => {
      if (get().work?.id === id) await stop();
      await told(notify, async () => {
        await archive.remove(id);
        set(({ trainings }) => ({ trainings: trainings.filter((each) => each.id !== id) }));
      });
    },
  };
}

/** Does a job, and says how it ended. */
async function advance(job: Job, set: Set, get: Get, world: TrainWorld, signal: AbortSignal): Promise<void> {
  const [id, { stage }] = [idOf(job), job];
  const work: Work = {
    ...{ stage, id, preparation: null, share: 0, secondsLeft: null },
    ...{ resumedAt: null, isStopping: false, notKept: null },
  };
  set(({ elsewhere }) => ({ work, elsewhere: elsewhere.filter((each) => each !== id) }));
  try {
    if (job.does === "train") await advanceTraining(job.training, set, get, world, signal);
    else await claimed(job.dataset, world, () => advanceDataset(job.dataset, set, world, signal));
  } catch (thrown) {
    const data = toErrorData(thrown);
    // A training has a worker of its own; a collection shares the explorer's.
    const fault = job.does === "collect" && data.code === "rpc/disposed" ? TAKEN_PLACE : data;
    if (fault.code === "storage/busy") set(({ elsewhere }) => ({ elsewhere: [...elsewhere, id] }));
    else if (!signal.aborted) {
      set(({ faults }) => ({ faults: { ...faults, [stage]: fault } }));
      // It does not go on by itself with what has just failed.
      const keeper = job.does === "train" ? world.archive : world.datasets;
      await keeper.note(id, { isPaused: true }).catch(() => {});
    }
  }
  set({ work: null });
  try {
    const [trainings, datasets] = await Promise.all([world.archive.list(), world.datasets.list()]);
    set({ trainings, datasets });
  } catch (thrown) {
    set({ storageFault: toErrorData(thrown) });
  }
}

/** Adds to a data set that no other tab adds to. @throws LabError `storage/busy` */
async function claimed({ id }: KeptDataset, { datasets }: TrainWorld, work: () => Promise<void>): Promise<void> {
  const release = await datasets.claim(id);
  if (release === null) throw new LabError("storage/busy", "This data set is being made in another tab.");
  try {
    await work();
  } finally {
    release();
  }
}

/** Says what goes wrong; null then. */
async function told<T>(notify: TrainWorld["notify"], work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (thrown) {
    notify({ tone: "error", ...toErrorData(thrown) });
    return null;
  }
}

function datasetActions(set: Set, get: Get, { datasets, notify, dismissNotice }: TrainWorld) {
  return {
    openDataset: (id: string) =>
      told(notify, async () => {
        const dataset = get().datasets.find((each) => each.id === id);
        const isFile = dataset?.recipe === null;
        const from = isFile ? 0 : Math.max(0, (dataset?.counts.lines ?? 0) - MOST_OPENED);
        const part = await datasets.lines(id, from, from + MOST_OPENED);
        const lines = isFile ? part : part.toReversed();
        const { trees } = parseTrees(lines.join("\n"));
        return { trees, records: trees.length > 0 ? [] : lines };
      }),
    removeDataset: async (id: string) => {
      if (get().work?.id === id) return;
      await told(notify, async () => {
        await datasets.remove(id);
        set(({ datasets: all }) => ({ datasets: all.filter((each) => each.id !== id) }));
      });
    },
    datasetText: async (id: string, file: string) => {
      const dataset = get().datasets.find((each) => each.id === id);
      return (dataset && (await told(notify, async () => datasetFile(dataset, await datasets.lines(id), file)))) ?? "";
    },
    importDataset: async (title: string, text: string) => {
      set({ imported: null });
      dismissNotice();
      await told(notify, async () => {
        const { kind, lines, taken, refused } = readDataset(text);
        const { id } = await datasets.create({ title, kind, recipe: null });
        await datasets.add(id, lines);
        await datasets.note(id, { content: contentId(lines.map((line) => line.text)) });
        set({ datasets: await datasets.list(), imported: { taken, refused } });
      });
    },
  };
}

function checkpointActions(set: Set, get: Get, world: TrainWorld) {
  const { archive, checkpoints, tokenizer, loadCheckpoints, notify } = world;
  return {
    removeCheckpoint: async (id: string) => {
      await told(notify, async () => {
        await checkpoints.remove(id);
        const [gone, left] = [true, false].map((isGone) =>
          get().trainings.filter(({ checkpoint }) => (checkpoint === id) === isGone),
        );
        for (const training of gone ?? []) await archive.remove(training.id);
        set({ trainings: left ?? [] });
      });
      await loadCheckpoints();
    },
    checkpointZip: (id: string) =>
      told(notify, async () => {
        const file = await checkpoints.file(id);
        const { record } = await readModel(file);
        return zipFolder(modelFolder(record, file, await tokenizer()));
      }),
    importCheckpoint: async (zip: Uint8Array) => {
      set({ imported: null });
      await world.importCheckpoint(zip);
    },
  };
}
