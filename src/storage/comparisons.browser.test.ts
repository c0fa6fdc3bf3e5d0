import { afterEach, expect, it } from "vitest";
import type { TimedEvent } from "../core/run/events";
import { outcomeOf, SPEC } from "../experiment/compare/compare-fixture";
import { IndexedComparisonArchive } from "./comparisons";
import { LabDatabase } from "./database";

let database = open();
function open(): LabDatabase {
  return new LabDatabase("bench-archive-test");
}
afterEach(async () => {
  await database.delete();
  database = open();
});

const LOG: readonly TimedEvent[] = [{ at: 1, event: { type: "ended", reason: "budget", answer: null } }];
const outcome = (cell: string, id: string, solved = true) => outcomeOf(cell, id, solved);

it("keeps what is done when the page is closed and opened again", async () => {
  const before = new IndexedComparisonArchive(database);
  const comparison = await before.create("MBPP", SPEC);
  await before.add(comparison.id, outcome("mcts-puct tiny", "mbpp/1"), LOG);
  await before.add(comparison.id, outcome("vanilla tiny", "mbpp/1", false), []);
  database.close();
  database = open();

  const after = new IndexedComparisonArchive(database);
  expect(await after.list()).toEqual([comparison]);
  expect(await after.outcomes(comparison.id)).toEqual([
    outcome("mcts-puct tiny", "mbpp/1"),
    outcome("vanilla tiny", "mbpp/1", false),
  ]);
  expect(await after.log(comparison.id, "mcts-puct tiny", "mbpp/1")).toEqual(LOG);
  expect(await after.log(comparison.id, "mcts-puct tiny", "mbpp/2")).toBeNull();
});

it("replaces the outcome of a problem that was run again", async () => {
  const archive = new IndexedComparisonArchive(database);
  const { id } = await archive.create("MBPP", SPEC);
  await archive.add(id, outcome("vanilla tiny", "1", false), []);
  await archive.add(id, outcome("vanilla tiny", "1"), LOG);
  expect(await archive.outcomes(id)).toEqual([outcome("vanilla tiny", "1")]);
  expect(await archive.log(id, "vanilla tiny", "1")).toEqual(LOG);
});

it("removes one comparison with all that is its own, and no other", async () => {
  const archive = new IndexedComparisonArchive(database);
  const [one, two] = [await archive.create("one", SPEC), await archive.create("two", SPEC)];
  await archive.add(one.id, outcome("vanilla tiny", "1"), LOG);
  await archive.add(two.id, outcome("vanilla tiny", "1"), LOG);
  await archive.remove(one.id);
  expect((await archive.list()).map(({ id }) => id)).toEqual([two.id]);
  expect(await archive.outcomes(one.id)).toEqual([]);
  expect(await archive.log(one.id, "vanilla tiny", "1")).toBeNull();
  expect(await archive.log(two.id, "vanilla tiny", "1")).toEqual(LOG);
});

it("reads what an older version kept, which did not name the model", async () => {
  const archive = new IndexedComparisonArchive(database);
  const { id } = await archive.create("MBPP", SPEC);
  const { model: _, ...older } = outcome("sample openai:http://localhost:8000/v1#my tiny", "1");
  await database.outcomes.put({ bench: id, cell: older.cell, id: older.id, outcome: older });
  expect(await archive.outcomes(id)).toEqual([{ ...older, model: "openai:http://localhost:8000/v1#my tiny" }]);
});

it("spends the whole budget in a comparison of an older version, which did not know better", async () => {
  const { stopAtPass: _, ...older } = SPEC;
  await database.benches.put({ id: "old", title: "MBPP", startedAt: "2026-11-01T00:00:00.000Z", spec: older });
  const archive = new IndexedComparisonArchive(database);
  expect((await archive.list()).map(({ spec }) => spec)).toEqual([{ ...older, stopAtPass: false }]);
});
