import { describe, expect, it } from "vitest";
import { LabError } from "../core/errors";
import { TEST_CONFIG, testWeights } from "../model/test-fixture";
import type { CheckpointRecord, CheckpointStore, KeptCheckpoint } from "../ports/checkpoint-store";
import type { Trainer, TrainingJob, TrainingProgress } from "../ports/trainer";
import type { KeptTraining, TrainingArchive } from "../ports/training-archive";
import { readCheckpoint, writeCheckpoint } from "./checkpoint";
import { runSession, type SessionReport, type SessionWorld } from "./session";

const TOTAL = 100;

const training: KeptTraining = {
  ...{ id: "t", title: "A training", startedAt: "", progress: null, checkpoint: null },
  job: { kind: "policy", objective: { name: "sft", replay: 0 }, start: "tiny" } as TrainingJob,
};

const partAt = (step: number) =>
  writeCheckpoint({
    record: {
      ...{ kind: "policy", parents: [], config: TEST_CONFIG, objective: "sft", options: {}, seed: 1 },
      ...{ step, tokens: step, metrics: {} },
    },
    state: { params: testWeights(), first: new Map(), second: new Map() },
    best: null,
    position: null,
  });

/** What goes wrong in the steps after one: a thrown error. */
type Mishaps = Map<number, LabError>;

/** A world in memory, whose trainers count steps. */
class FakeWorld implements SessionWorld {
  part: Uint8Array<ArrayBuffer> | null = null;
  readonly kept: number[] = [];
  readonly opened: { readonly from: number; readonly isSafe: boolean }[] = [];
  readonly models: CheckpointRecord[] = [];
  finished: string | null = null;
  disposed = 0;
  full = false;
  claimed = false;
  /** Every look at the clock takes a second. */
  #time = 0;
  readonly now = () => (this.#time += 1000);

  constructor(private readonly mishaps: Mishaps = new Map()) {}

  readonly archive: TrainingArchive = {
    list: async () => [training],
    create: async () => training,
    data: async () => ({ train: "", validation: "" }),
    part: async () => this.part,
    keep: async (_id, part) => {
      if (this.full) throw new LabError("storage/quota", "The browser has no room left for this.");
      this.part = part;
      this.kept.push((await readCheckpoint(part)).record.step);
    },
    finish: async (_id, checkpoint) => {
      this.finished = checkpoint;
    },
    note: async () => {},
    remove: async () => {},
    claim: async () => {
      if (this.claimed) return null;
      this.claimed = true;
      return () => {
        this.claimed = false;
      };
    },
  };

  readonly checkpoints: CheckpointStore = {
    list: async () => [],
    file: async () => new Uint8Array(),
    put: async (record): Promise<KeptCheckpoint> => {
      if (this.full) throw new LabError("storage/quota", "The browser has no room left for this.");
      this.models.push(record);
      return { record, keptAt: "", bytes: 0 };
    },
    remove: async () => {},
  };

  open: SessionWorld["open"] = async (_job, _data, part, isSafe): Promise<Trainer> => {
    let step = part ? (await readCheckpoint(part)).record.step : 0;
    this.opened.push({ from: step, isSafe });
    const progress = (): TrainingProgress => ({
      ...{ step, tokens: step, loss: 1, metrics: {}, learningRate: 1, backend: "simd", tokensPerSecond: 1 },
      done: step >= TOTAL,
    });
    return {
      advance: async (steps, signal) => {
        for (let i = 0; i < steps && step < TOTAL; i++) {
          signal?.throwIfAborted();
          const mishap = this.mishaps.get(step);
          this.mishaps.delete(step);
          if (mishap) throw mishap;
          step++;
        }
        return progress();
      },
      evaluate: async () => ({ loss: 0.5, metrics: { accuracy: 0.75 } }),
      watch: async (prompt) => ({ pieces: [`${prompt} ${step}`], logProbs: [-1], before: [-2] }),
      checkpoint: () => partAt(step),
      setup: async () => ({ train: 1, validation: 1, dropped: 0, faults: [], totalTokens: TOTAL }),
      dispose: () => {
        this.disposed++;
      },
    };
  };
}

async function runAll(
  world: SessionWorld,
  signal = new AbortController().signal,
  onReport?: (report: SessionReport) => void,
) {
  const reports: SessionReport[] = [];
  const session = runSession(training, world, signal);
  let next = await session.next();
  for (; !next.done; next = await session.next()) {
    reports.push(next.value);
    onReport?.(next.value);
  }
  return { reports, result: next.value };
}

const gone = () => new LabError("rpc/died", "The trainer stopped.");

describe("runSession", () => {
  it("trains to the end, keeps parts on the way, and gives the model to the store", async () => {
    const world = new FakeWorld();
    const { reports, result } = await runAll(world);
    expect(reports.map(({ progress }) => progress.step)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect(world.kept.length).toBeGreaterThan(2);
    expect(world.kept.at(-1)).toBe(TOTAL);
    expect(result?.record).toMatchObject({ kind: "policy", step: TOTAL });
    expect(world.finished).toBe(result?.record.id);
    expect(reports.at(-1)?.evaluation).toEqual({ loss: 0.5, metrics: { accuracy: 0.75 } });
    expect(world.disposed).toBe(1);
  });

  it("keeps where it is when it is paused, and goes on from there", async () => {
    const world = new FakeWorld();
    const pause = new AbortController();
    const paused = await runAll(world, pause.signal, ({ progress }) => progress.step === 30 && pause.abort());
    expect(paused.result).toBeNull();
    expect(world.kept.at(-1)).toBe(30);
    const { reports, result } = await runAll(world);
    expect(world.opened).toEqual([
      { from: 0, isSafe: false },
      { from: 30, isSafe: false },
    ]);
    expect(reports.slice(0, 2).map(({ progress }) => progress.step)).toEqual([30, 40]);
    expect(result).not.toBeNull();
  });

  it("goes on from its last part when the device is gone in mid-step, elsewhere, and gives up when that helps nothing", async () => {
    const world = new FakeWorld(new Map([[75, gone()]]));
    const { result } = await runAll(world);
    expect(result).not.toBeNull();
    const [, second] = world.opened;
    expect(second?.isSafe).toBe(true);
    expect(second?.from).toBeGreaterThan(20);
    const broken = new FakeWorld();
    broken.open = async () => {
      throw gone();
    };
    await expect(runAll(broken)).rejects.toMatchObject({ code: "rpc/died" });
  });

  it("ends with a loss that is no number, with the last good part kept", async () => {
    const world = new FakeWorld(new Map([[75, new LabError("model/diverged", "no number")]]));
    await expect(runAll(world)).rejects.toMatchObject({ code: "model/diverged" });
    expect(world.kept.at(-1)).toBeLessThan(75);
    expect(world.kept.at(-1)).toBeGreaterThan(20);
    expect(world.finished).toBeNull();
    expect(world.claimed).toBe(false);
  });

  it("trains on when the disk is full, says so, and keeps again when there is room", async () => {
    const world = new FakeWorld();
    world.full = true;
    const { reports, result } = await runAll(world, undefined, ({ progress }) => {
      if (progress.step === 60) world.full = false;
    });
    expect(reports.some(({ notKept }) => notKept?.code === "storage/quota")).toBe(true);
    expect(reports.at(-1)?.notKept).toBeNull();
    expect(result?.record.step).toBe(TOTAL);
  });

  it("is one tab's at a time", async () => {
    const world = new FakeWorld();
    world.claimed = true;
    await expect(runAll(world)).rejects.toMatchObject({ code: "storage/busy" });
    expect(world.opened).toEqual([]);
  });
});
