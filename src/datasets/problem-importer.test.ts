import { expect, it } from "vitest";
import type { Collection, ProblemStore, StoredProblem } from "../ports/problem-store";
import { file, jsonLines, mbppRow } from "./dataset-fixture";
import { DatasetImporter } from "./problem-importer";

/** Keeps what it is given. */
class Shelf implements Pick<ProblemStore, "put" | "collections" | "problems"> {
  readonly held: { collection: Collection; problems: readonly StoredProblem[] }[] = [];

  async put(given: Omit<Collection, "size" | "importedAt">, problems: readonly StoredProblem[]): Promise<Collection> {
    const collection = { ...given, size: problems.length, importedAt: "2026-01-01T00:00:00.000Z" };
    const at = this.held.findIndex((each) => each.collection.id === given.id);
    this.held.splice(at < 0 ? this.held.length : at, at < 0 ? 0 : 1, { collection, problems });
    return collection;
  }

  async collections(): Promise<readonly Collection[]> {
    return this.held.map(({ collection }) => collection);
  }

  async problems(id: string) {
    const found = this.held.find(({ collection }) => collection.id === id);
    return (found?.problems ?? []).map(({ problem }) => problem);
  }
}

const options = { format: null, visibleCount: null };

it("keeps what could be taken and reports the rest", async () => {
  const shelf = new Shelf();
  const rows = [mbppRow(1), mbppRow(2, { code: "" }), mbppRow(3, { test_list: [] })];
  const report = await new DatasetImporter(shelf).import(file(jsonLines(...rows)), options);
  expect(shelf.held[0]?.problems.map((each) => each.problem.id)).toEqual(["mbpp/1", "mbpp/2"]);
  expect(report).toEqual({
    collection: shelf.held[0]?.collection,
    refused: [{ row: 3, id: "3", reason: "It has no tests." }],
    remarks: [{ row: 2, id: "mbpp/2", reason: "It has no reference solution." }],
    brokenOff: null,
  });
});

it("loses no problem to a later import of the same name, and replaces what comes again", async () => {
  const shelf = new Shelf();
  const importer = new DatasetImporter(shelf);
  const sizes = () => shelf.held.map(({ collection }) => [collection.id, collection.title, collection.size]);
  await importer.import(file(jsonLines(mbppRow(1), mbppRow(2))), options);
  await importer.import(file(jsonLines(mbppRow(2), mbppRow(3))), options);
  expect(sizes()).toEqual([
    ["mbpp", "MBPP", 2],
    ["mbpp-2", "MBPP 2", 2],
  ]);
  await importer.import(file(jsonLines(mbppRow(1), mbppRow(2), mbppRow(4))), options);
  expect(sizes()).toEqual([
    ["mbpp", "MBPP", 3],
    ["mbpp-2", "MBPP 2", 2],
  ]);
});

it("keeps nothing when no row could be taken", async () => {
  const shelf = new Shelf();
  const report = await new DatasetImporter(shelf).import(file(jsonLines(mbppRow(1, { test_list: [] }))), options);
  expect(report).toMatchObject({ collection: null, refused: [{ row: 1 }] });
  expect(shelf.held).toEqual([]);
});

it("takes the number of visible tests and an earlier end into account", async () => {
  const shelf = new Shelf();
  const text = `[${JSON.stringify(mbppRow(1))},`;
  const report = await new DatasetImporter(shelf).import(file(text), { format: "mbpp", visibleCount: 2 });
  expect(report.brokenOff).toMatch(/ends before its list is closed/);
  expect(report.collection?.visibility).toContain("first 2 asserts");
  expect(shelf.held[0]?.problems[0]?.hiddenTests).toEqual([]);
});

it("keeps nothing once it is cancelled", async () => {
  const shelf = new Shelf();
  const controller = new AbortController();
  const stop = () => controller.abort();
  const importing = new DatasetImporter(shelf).import(file(jsonLines(mbppRow(1))), options, stop, controller.signal);
  await expect(importing).rejects.toMatchObject({ name: "AbortError" });
  expect(shelf.held).toEqual([]);
});

it("tells of every format", async () => {
  const formats = await new DatasetImporter(new Shelf()).formats();
  expect(formats.map(({ name }) => name)).toEqual(["mbpp", "sanitized-mbpp", "humaneval", "taco", "apps", "generic"]);
  expect(formats.every(({ title, visibility }) => title !== "" && visibility.endsWith("."))).toBe(true);
});
