import { afterEach, expect, it } from "vitest";
import { type CheckpointRecord, lineageOf } from "../ports/checkpoint-store";
import { IndexedCheckpointStore } from "./checkpoints";
import { LabDatabase } from "./database";

let database = open();
function open(): LabDatabase {
  return new LabDatabase("checkpoints-test");
}
afterEach(async () => {
  await database.delete();
  database = open();
});

const record = (id: string, parents: readonly string[] = []): CheckpointRecord => ({
  id,
  kind: "policy",
  parents,
  config: { hidden_size: 16 },
  objective: "sft",
  options: { epochs: 3 },
  seed: 1,
  step: 10,
  tokens: 1000,
  metrics: { loss: 0.5 },
});

it("keeps a checkpoint when the page is closed and opened again, and lists it without its file", async () => {
  const file = Uint8Array.of(1, 2, 3);
  const kept = await new IndexedCheckpointStore(database).put(record("a"), file);
  database.close();
  database = open();
  const after = new IndexedCheckpointStore(database);
  expect(await after.list()).toEqual([kept]);
  expect(kept).toMatchObject({ record: record("a"), bytes: 3 });
  expect(await after.file("a")).toEqual(file);
});

it("leaves what is there as it is, and removes only what it is asked to", async () => {
  const store = new IndexedCheckpointStore(database);
  const first = await store.put(record("a"), Uint8Array.of(1));
  await store.put(record("b", ["a"]), Uint8Array.of(2));
  expect(await store.put(record("a"), Uint8Array.of(9))).toEqual(first);
  expect(await store.file("a")).toEqual(Uint8Array.of(1));
  await store.remove("b");
  expect((await store.list()).map(({ record: { id } }) => id)).toEqual(["a"]);
  await expect(store.file("b")).rejects.toMatchObject({
    code: "model/no-such-checkpoint",
    message: expect.stringContaining("checkpoint b"),
    hint: expect.stringContaining("zip"),
  });
});

it("knows what a checkpoint came from", async () => {
  const store = new IndexedCheckpointStore(database);
  for (const [id, parents] of [
    ["a", ["base"]],
    ["b", ["a"]],
    ["c", ["b", "a"]],
    ["d", []],
  ] as const) {
    await store.put(record(id, parents), Uint8Array.of(0));
  }
  expect(lineageOf("c", await store.list())).toEqual(["c", "b", "a", "base"]);
  expect(lineageOf("d", await store.list())).toEqual(["d"]);
});
