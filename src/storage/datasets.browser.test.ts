import { afterEach, expect, it } from "vitest";
import { LabDatabase } from "./database";
import { IndexedDatasetStore } from "./datasets";

let database = open();
function open(): LabDatabase {
  return new LabDatabase("datasets-test");
}
afterEach(async () => {
  await database.delete();
  database = open();
});

const line = (text: string) => ({ text, problems: 1, solved: 1, nodes: 5, paths: 2, tokens: 90 });
const about = { title: "Trees", kind: "trees", recipe: null } as const;

it("keeps lines in the order in which they came, and counts them", async () => {
  const before = new IndexedDatasetStore(database);
  const { id } = await before.create(about);
  await before.add(id, [line("a"), line("b")]);
  const grown = await before.add(id, [line("c")]);
  expect(grown?.counts).toEqual({ lines: 3, problems: 3, solved: 3, nodes: 15, paths: 6, tokens: 270 });
  await before.note(id, { content: "00112233445566ff" });
  database.close();
  database = open();
  const after = new IndexedDatasetStore(database);
  expect(await after.list()).toEqual([{ ...grown, content: "00112233445566ff" }]);
  expect(await after.lines(id)).toEqual(["a", "b", "c"]);
  expect(await after.lines(id, 1)).toEqual(["b", "c"]);
  expect(await after.lines(id, 0, 1)).toEqual(["a"]);
});

it("keeps data sets apart, and nothing of one that was removed", async () => {
  const store = new IndexedDatasetStore(database);
  const [one, two] = [await store.create(about), await store.create(about)];
  await store.add(one.id, [line("a")]);
  await store.add(two.id, [line("b")]);
  await store.remove(one.id);
  expect(await store.add(one.id, [line("c")])).toBeNull();
  expect(await store.lines(one.id)).toEqual([]);
  expect((await store.list()).map(({ id }) => id)).toEqual([two.id]);
  expect(await store.lines(two.id)).toEqual(["b"]);
});
