import { afterEach, expect, it } from "vitest";
import type { TrainingJob, TrainingProgress } from "../ports/trainer";
import { LabDatabase } from "./database";
import { IndexedTrainingArchive } from "./trainings";

let database = open();
function open(): LabDatabase {
  return new LabDatabase("trainings-test");
}
afterEach(async () => {
  await database.delete();
  database = open();
});

const job: TrainingJob = {
  kind: "policy",
  objective: { name: "sft", replay: 0 },
  options: {
    ...{ seed: 1, length: { epochs: 1 }, rows: 2, rowTokens: 8, peakLearningRate: 1e-3 },
    ...{ warmup: 0, batchesPerStep: 1, frozen: [], keep: "last" },
  },
  start: "tiny",
};
const data = { train: "a", validation: "b" };
const progress: TrainingProgress = {
  ...{ step: 3, tokens: 40, loss: 1, metrics: {}, learningRate: 1, backend: "simd", tokensPerSecond: 9, done: false },
};

it("has all that a training needs to go on when the page is closed and opened again", async () => {
  const before = new IndexedTrainingArchive(database);
  const { id } = await before.create("SFT", job, data);
  expect(await before.part(id)).toBeNull();
  await before.keep(id, Uint8Array.of(1), progress);
  await before.keep(id, Uint8Array.of(2), null);
  database.close();
  database = open();
  const after = new IndexedTrainingArchive(database);
  expect(await after.list()).toEqual([expect.objectContaining({ id, title: "SFT", job, progress, checkpoint: null })]);
  expect(await after.data(id)).toEqual(data);
  expect(await after.part(id)).toEqual(Uint8Array.of(2));
});

it("keeps trainings apart, and nothing of one that was removed", async () => {
  const archive = new IndexedTrainingArchive(database);
  const [one, two] = [await archive.create("one", job, data), await archive.create("two", job, data)];
  await archive.keep(one.id, Uint8Array.of(1), progress);
  await archive.keep(two.id, Uint8Array.of(2), progress);
  await archive.remove(one.id);
  await archive.keep(one.id, Uint8Array.of(3), progress);
  expect(await archive.part(one.id)).toBeNull();
  await expect(archive.data(one.id)).rejects.toMatchObject({ code: "storage/no-training" });
  await archive.finish(two.id, "c0ffee");
  expect(await archive.list()).toEqual([expect.objectContaining({ id: two.id, checkpoint: "c0ffee" })]);
  expect(await archive.part(two.id)).toBeNull();
});

it("lets one at a time have a training", async () => {
  const [mine, other] = [new IndexedTrainingArchive(database), new IndexedTrainingArchive(open())];
  const release = await mine.claim("x");
  expect(release).not.toBeNull();
  expect(await other.claim("x")).toBeNull();
  const second = await other.claim("y");
  expect(second).not.toBeNull();
  release?.();
  await expect.poll(() => mine.claim("x").then((again) => again?.() ?? again)).not.toBeNull();
  second?.();
});
