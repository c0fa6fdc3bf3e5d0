import { afterEach, expect, it } from "vitest";
import type { TimedEvent } from "../core/run/events";
import { IndexedComparisonArchive } from "./comparisons";
import { LabDatabase } from "./database";

interface Outcome {
  readonly cell: string;
  readonly id: string;
  readonly solved: boolean;
}

let database = open();
function open(): LabDatabase {
  return new LabDatabase("bench-archive-test");
}
afterEach(async () => {
  await database.delete();
  database = open();
});

const LOG: readonly TimedEvent[] = [{ at: 1, event: { type: "ended", reason: "budget", answer: null } }];
const outcome = (cell: string, id: string, solved = true): Outcome => ({ cell, id, solved });

it("keeps what is done when the page is closed and opened again", async () => {
  const before = new IndexedComparisonArchive<{ budget: number }, Outcome>(database);
  const comparison = await before.create("MBPP", { budget: 100 });
  await before.add(comparison.id, outcome("tiny/mcts", "mbpp/1"), LOG);
  await before.add(comparison.id, outcome("tiny/vanilla", "mbpp/1", false), []);
  database.close();
  database = open();

  const after = new IndexedComparisonArchive<{ budget: number }, Outcome>(database);
  expect(await after.list()).toEqual([comparison]);
  expect(await after.outcomes(comparison.id)).toEqual([
    outcome("tiny/mcts", "mbpp/1"),
    outcome("tiny/vanilla", "mbpp/1", false),
  ]);
  expect(await after.log(comparison.id, "tiny/mcts", "mbpp/1")).toEqual(LOG);
  expect(await after.log(comparison.id, "tiny/mcts", "mbpp/2")).toBeNull();
});

it("replaces the outcome of a problem that was run again", async () => {
  const archive = new IndexedComparisonArchive<null, Outcome>(database);
  const { id } = await archive.create("MBPP", null);
  await archive.add(id, outcome("a", "1", false), []);
  await archive.add(id, outcome("a", "1"), LOG);
  expect(await archive.outcomes(id)).toEqual([outcome("a", "1")]);
  expect(await archive.log(id, "a", "1")).toEqual(LOG);
});

it("removes one comparison with all that is its own, and no other", async () => {
  const archive = new IndexedComparisonArchive<null, Outcome>(database);
  const [one, two] = [await archive.create("one", null), await archive.create("two", null)];
  await archive.add(one.id, outcome("a", "1"), LOG);
  await archive.add(two.id, outcome("a", "1"), LOG);
  await archive.remove(one.id);
  expect((await archive.list()).map(({ id }) => id)).toEqual([two.id]);
  expect(await archive.outcomes(one.id)).toEqual([]);
  expect(await archive.log(one.id, "a", "1")).toBeNull();
  expect(await archive.log(two.id, "a", "1")).toEqual(LOG);
});
