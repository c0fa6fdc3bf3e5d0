import { beforeEach, describe, expect, it, vi } from "vitest";
import { formatTree } from "../../core/data/lines";
import { type ErrorData, LabError } from "../../core/errors";
import { generatePuzzle } from "../../puzzles/generator";
import { renderSolution } from "../../puzzles/reasoning";
import { collectedPuzzles } from "../../selfplay/collect";
import type { Notice } from "../view-slice";
import { MOST_OPENED, type TrainStore, type TrainWorld } from "./state";
import { createTrainStore } from "./store";
import {
  countingTrainer,
  MemoryCheckpoints,
  MemoryDatasets,
  MemoryTrainings,
  solutionText,
  solvedTree,
  TOTAL_STEPS,
} from "./train-fixture";

const until = (check: () => void) => vi.waitFor(check, { timeout: 120_000 });

const watched = generatePuzzle("validation", "hinted", 3);

/** What becomes of a search or of a step instead of going well. */
interface Mishaps {
  collect?: LabError;
  step?: (step: number) => void;
}

describe("the store of the Train view", () => {
  let archive: MemoryTrainings;
  let datasets: MemoryDatasets;
  let checkpoints: MemoryCheckpoints;
  let notices: Notice[];
  let mishaps: Mishaps;
  let time: number;

  beforeEach(() => {
    archive = new MemoryTrainings();
    datasets = new MemoryDatasets();
    checkpoints = new MemoryCheckpoints();
    notices = [];
    mishaps = {};
    time = 0;
  });

  /** A page that opens on what is kept. */
  function open(): TrainStore {
    const world: TrainWorld = {
      archive,
      datasets,
      checkpoints,
      collector: {
        async *collect(_model, { spec, done }, _tell, signal) {
          for (const { id, make } of collectedPuzzles(spec)) {
            if (signal.aborted) return null;
            if (!done.includes(id)) yield [solvedTree(make())];
            if (mishaps.collect) throw mishaps.collect;
          }
          return { id: "tiny", backend: "scripted", contextLength: 384 };
        },
      },
      trainerOpener: () => async (job, _data, part) =>
        countingTrainer(part, job.kind as "policy", solutionText(watched), (step) => mishaps.step?.(step)),
      policy: async () => {
        throw new LabError("internal/unexpected", "Nobody is asked.");
      },
      judge: {
        judge: async ({ code, tests }) =>
          tests.map(() => ({ verdict: code === renderSolution(watched.chain) ? "passed" : "failed", ms: 0 })),
      },
      tokenizer: async () => "{}",
      // Every look at the clock takes a second.
      now: () => (time += 1000),
      notify: (notice) => void notices.push(notice),
      dismissNotice: () => {},
      knownCheckpoints: () => checkpoints.rows,
      loadCheckpoints: async () => {},
      importCheckpoint: async () => null,
    };
    return createTrainStore(world);
  }

  /** With a small data set to learn from. */
  async function openWithData(): Promise<TrainStore> {
    const store = open();
    store.getState().edit("reasoning", { amount: 3, tier: "described" });
    await store.getState().start("reasoning");
    return store;
  }

  it("collects reasoning data, learns from them and keeps what comes of it, with its curves and its answers", async () => {
    const store = await openWithData();
    const [trees] = store.getState().datasets;
    expect(trees).toMatchObject({ kind: "trees", counts: { problems: 3, solved: 3, paths: 3 } });
    expect(trees?.content).toMatch(/^[0-9a-f]{16}$/);
    await store.getState().start("policy");
    const [training] = store.getState().trainings;
    expect(store.getState()).toMatchObject({ work: null, faults: { policy: null } });
    expect(training).toMatchObject({
      checkpoint: checkpoints.rows[0]?.record.id,
      totalTokens: TOTAL_STEPS,
      job: { kind: "policy", start: "tiny", datasets: [trees?.content] },
    });
    const { train, validation } = await archive.data(training?.id ?? "");
    const prompts = `${train}\n${validation}`.split("\n").filter((line) => line !== "");
    expect(prompts).toHaveLength(3);
    const steps = training?.curve?.map(({ step }) => step);
    expect(steps).toEqual([0, 10, 20, 30, 40, 50, 60]);
    expect(training?.curve?.at(-1)?.evaluation).toBeCloseTo(1 / 61);
    const right = training?.samples?.map(({ step, isRight }) => [step, isRight]);
    expect(right?.slice(0, 4)).toEqual([
      [0, false],
      [10, false],
      [20, false],
      [30, true],
    ]);
  });

  it("shows after a reload how a stage was set up, also when other data have come since", async () => {
    const first = await openWithData();
    const dataset = datasets.rows[0]?.id;
    first.getState().edit("policy", { amount: 2, learningRate: 1e-4, seed: 7 });
    await first.getState().start("policy");
    await first.getState().importDataset("other.jsonl", '{"prompt":"p","completion":"c"}');
    expect(first.getState().settings.policy).toMatchObject({ dataset });

    const second = open();
    await second.getState().load();
    const set = { amount: 2, learningRate: 1e-4, seed: 7, model: "tiny", dataset };
    expect(second.getState().settings.policy).toMatchObject(set);
  });

  it("begins with the shipped model where the chosen one is gone", async () => {
    const store = await openWithData();
    store.getState().edit("policy", { model: "tiny@0123456789abcdef" });
    await store.getState().start("policy");
    expect(archive.rows[0]?.job.start).toBe("tiny");
  });

  it("says what is missing, and begins nothing", async () => {
    const store = open();
    await store.getState().start("policy");
    expect(store.getState().faults.policy).toMatchObject({
      message: "There is nothing to learn from yet.",
      hint: expect.stringContaining("Tree search"),
    });
    expect(archive.rows).toEqual([]);
  });

  it("learns nothing from what is held out", async () => {
    const store = open();
    await store.getState().importDataset("held.jsonl", formatTree(solvedTree(watched)));
    await store.getState().start("policy");
    expect(store.getState().faults.policy?.message).toContain('"held.jsonl" holds problems that are held out');
    expect(archive.rows).toEqual([]);
  });

  it("does not go on with what a person has paused, until that person wants it to", async () => {
    const first = await openWithData();
    mishaps.step = (step) => {
      if (step === 25) void first.getState().pause();
    };
    await first.getState().start("policy");
    expect(archive.rows[0]).toMatchObject({ isPaused: true, checkpoint: null });

    mishaps = {};
    const second = open();
    await second.getState().load();
    expect(second.getState().work).toBeNull();
    const said: (string | null)[] = [];
    second.subscribe(({ work }) => said.push(work?.resumedAt ?? null));
    await second.getState().resume(archive.rows[0]?.id ?? "");
    expect(said.find((words) => words !== null)).toMatch(/^step \d0$/);
    expect(archive.rows[0]?.checkpoint).not.toBeNull();
    const steps = archive.rows[0]?.curve?.map(({ step }) => step) ?? [];
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(new Set(steps).size).toBe(steps.length);
  });

  it("goes on by itself with what was broken off, but not with what another tab has", async () => {
    const store = await openWithData();
    const { id } = await archive.create("Policy", (await policyJob(store)) as never, { train: "", validation: "" });
    archive.claimed.add(id);
    const other = open();
    await other.getState().load();
    await until(() => expect(other.getState().elsewhere).toEqual([id]));
    expect(other.getState()).toMatchObject({ work: null, faults: {} });
    await archive.note(id, { isPaused: true });
    await other.getState().refresh();
    expect(other.getState().elsewhere).toEqual([]);
    await archive.note(id, { isPaused: false });
    await other.getState().refresh();
    expect(other.getState().elsewhere).toEqual([id]);
    archive.claimed.delete(id);
    await other.getState().refresh();
    expect(other.getState().elsewhere).toEqual([]);
    const mine = open();
    await mine.getState().load();
    await until(() => expect(archive.rows.find((row) => row.id === id)?.checkpoint).not.toBeNull());
  });

  /** The job of a policy, as the store makes it. */
  async function policyJob(store: TrainStore) {
    await store.getState().start("policy");
    const [training] = archive.rows;
    await archive.remove(training?.id ?? "");
    return training?.job;
  }

  it("ends with a loss that is no number, keeps what there is and does not try again by itself", async () => {
    const store = await openWithData();
    mishaps.step = (step) => {
      if (step > 25) throw new LabError("model/diverged", "The loss is no longer a number.");
    };
    await store.getState().start("policy");
    expect(store.getState().faults.policy?.message).toBe("The loss is no longer a number.");
    expect(archive.rows[0]).toMatchObject({ isPaused: true, checkpoint: null });
    const again = open();
    await again.getState().load();
    expect(again.getState().work).toBeNull();
    // What was good before is not lost.
    await again.getState().finish(archive.rows[0]?.id ?? "");
    expect(again.getState().trainings[0]?.checkpoint).toBe(checkpoints.rows[0]?.record.id);
    expect(checkpoints.rows[0]?.record.step).toBeGreaterThan(0);
  });

  it("says that the disk is full while it trains on", async () => {
    const store = await openWithData();
    archive.isFull = true;
    const told: (ErrorData | null)[] = [];
    store.subscribe(({ work }) => told.push(work?.notKept ?? null));
    mishaps.step = (step) => {
      if (step === 50) archive.isFull = false;
    };
    await store.getState().start("policy");
    expect(told.find((fault) => fault !== null)?.code).toBe("storage/quota");
    expect(archive.rows[0]?.checkpoint).not.toBeNull();
  });

  it("leaves a training that is cancelled no trace", async () => {
    const store = await openWithData();
    let cancelled: Promise<void> | undefined;
    mishaps.step = (step) => {
      if (step === 15) cancelled = store.getState().cancel(archive.rows[0]?.id ?? "");
    };
    await store.getState().start("policy");
    await cancelled;
    expect(archive.rows).toEqual([]);
    expect(store.getState().trainings).toEqual([]);
  });

  it("goes on with a collection where it was, and makes the same of it", async () => {
    const whole = (await openWithData()).getState().datasets[0];
    datasets = new MemoryDatasets();
    mishaps.collect = new LabError("rpc/disposed", "The model worker was closed.");
    const store = await openWithData();
    expect(store.getState().faults.reasoning?.message).toBe("Another run took the model's place.");
    expect(store.getState().datasets[0]).toMatchObject({ content: null, isPaused: true, counts: { problems: 1 } });
    mishaps = {};
    await store.getState().resume(store.getState().datasets[0]?.id ?? "");
    expect(store.getState().datasets[0]).toMatchObject({ content: whole?.content, counts: { problems: 3 } });
  });

  it("shows what a data set holds while it is made, the newest first, and a file's first lines", async () => {
    const store = open();
    const { openDataset } = store.getState();
    const looks: Promise<string | undefined>[] = [];
    store.subscribe(({ datasets: [dataset], work }, before) => {
      if (work === null || !dataset || dataset.counts.lines === before.datasets[0]?.counts.lines) return;
      if (dataset.counts.lines > 0) looks.push(openDataset(dataset.id).then((seen) => seen?.trees[0]?.problem.id));
    });
    store.getState().edit("reasoning", { amount: 3, tier: "described" });
    await store.getState().start("reasoning");
    const made = collectedPuzzles({ split: "train", tier: "described", problems: 3, seed: 1 } as never).map(
      ({ id }) => id,
    );
    expect(await Promise.all(looks)).toEqual(made);

    store.getState().edit("test-pairs", { amount: MOST_OPENED });
    await store.getState().start("test-pairs");
    const [pairs] = store.getState().datasets;
    const lines = (await store.getState().datasetText(pairs?.id ?? "", "all.jsonl")).trim().split("\n");
    const newest = lines.toReversed().slice(0, MOST_OPENED);
    expect((await openDataset(pairs?.id ?? ""))?.records).toEqual(newest);

    await store.getState().importDataset("pairs.jsonl", lines.join("\n"));
    const [file] = store.getState().datasets;
    expect((await openDataset(file?.id ?? ""))?.records).toHaveLength(MOST_OPENED);
    expect((await openDataset(file?.id ?? ""))?.records[0]).toContain(JSON.parse(lines[0] ?? "").chosen.slice(0, 8));
  });

  it("makes pairs of tests, from which a generator learns what to prefer", async () => {
    const store = open();
    store.getState().edit("test-pairs", { amount: 10 });
    await store.getState().start("test-pairs");
    const [pairs] = store.getState().datasets;
    expect(pairs).toMatchObject({ kind: "preference", counts: { lines: 20, problems: 10 } });
    await store.getState().start("tests-dpo");
    expect(archive.rows[0]?.job).toMatchObject({ kind: "tcg", objective: { name: "dpo" }, datasets: [pairs?.content] });
  });

  it("takes a file in, line by line, and gives it out in TRL's shapes", async () => {
    const store = open();
    const tree = formatTree(solvedTree(generatePuzzle("train", "described", 0)));
    await store.getState().importDataset("mine.jsonl", `${tree}\n{"broken\n${tree}\n`);
    expect(store.getState().imported).toEqual({ taken: 2, refused: [{ line: 2, message: "It is not JSON." }] });
    const [{ id } = { id: "" }] = store.getState().datasets;
    expect(await store.getState().datasetText(id, "trees.jsonl")).toBe(`${tree}\n${tree}\n`);
    const [row] = (await store.getState().datasetText(id, "sft.jsonl")).split("\n");
    expect(Object.keys(JSON.parse(row ?? ""))).toEqual(["prompt", "completion"]);
    await store.getState().importDataset("none.txt", "no\nrecords");
    expect(notices.at(-1)?.message).toBe("There is no record in it. Line 1: It is not JSON.");
    await store.getState().importDataset("model.zip", "PK\x03\x04\0\0");
    expect(notices.at(-1)).toMatchObject({
      message: "The file is a zip.",
      hint: expect.stringContaining("checkpoint"),
    });
    const pair = JSON.stringify({ prompt: "a", chosen: "b", rejected: "c" });
    await store.getState().importDataset("pairs.jsonl", `${pair}\n{}`);
    expect(store.getState().datasets[0]).toMatchObject({ kind: "preference", counts: { lines: 1 } });
  });
});
