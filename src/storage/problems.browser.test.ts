import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StoredProblem } from "../ports/problem-store";
import { LabDatabase } from "./database";
import { IndexedProblemStore } from "./problems";

const NAME = "o1-coder-lab-test";
const MBPP = {
  id: "mbpp",
  title: "MBPP",
  format: "mbpp",
  language: "python",
  attribution: "CC BY 4.0",
  visibility: "The first assert is visible.",
} as const;

function problem(number: number): StoredProblem {
  return {
    problem: {
      id: `mbpp/${number}`,
      title: `Problem ${number}`,
      statement: "Double a number.",
      language: "python",
      entryPoint: "double",
      visibleTests: [{ assertion: "assert double(2) == 4" }],
    },
    hiddenTests: [{ input: [{ $int: "12345678901234567890" }], expected: { $int: "24691357802469135780" } }],
    references: ["def double(x):\n  return 2 * x"],
  };
}

const many = (count: number) => Array.from({ length: count }, (_, i) => problem(i + 1));

describe("imported problems", () => {
  let database: LabDatabase;
  let store: IndexedProblemStore;

  beforeEach(() => {
    database = new LabDatabase(NAME);
    store = new IndexedProblemStore(database);
  });
  afterEach(() => database.delete());

  it("keeps 974 problems in their order, over a reopening", async () => {
    const before = Date.now();
    const put = await store.put(MBPP, many(974));
    expect(put).toMatchObject({ id: "mbpp", size: 974, references: 974 });
    const bare = { ...problem(1), references: [] };
    expect((await store.put({ ...MBPP, id: "bare" }, [bare])).references).toBe(0);
    await store.remove("bare");
    expect(Date.parse(put.importedAt)).toBeGreaterThanOrEqual(before - 1);
    database.close();

    database = new LabDatabase(NAME);
    store = new IndexedProblemStore(database);
    expect(await store.collections()).toEqual([put]);
    const stored = await store.stored("mbpp");
    expect(stored).toEqual(many(974));
    expect(await store.stored("mbpp", 3)).toEqual(many(3));
    expect(await store.find("mbpp", "mbpp/500")).toEqual(problem(500));
  });

  it("keeps what a check has shown, and gives slow problems their time until they come anew", async () => {
    await store.put(MBPP, many(2));
    const summary = { passed: 1, total: 2, failed: [{ id: "mbpp/2", reason: "It has no reference solution." }] };
    await store.keepCheck("mbpp", summary, { "mbpp/1": 40_000, "mbpp/9": 9_000 });
    expect((await store.collections())[0]?.checked).toEqual(summary);
    const [slow, other] = await store.problems("mbpp");
    expect(slow?.timeLimitMs).toBe(40_000);
    expect(other).toEqual(problem(2).problem);
    await store.keepCheck("mbpp", summary, { "mbpp/1": 8_000 });
    expect((await store.find("mbpp", "mbpp/1")).problem.timeLimitMs).toBe(40_000);
    expect((await store.put(MBPP, many(2))).checked).toBeUndefined();
    await expect(store.keepCheck("taco", summary, {})).rejects.toMatchObject({ code: "input/unknown-collection" });
  });

  it("lists problems without what decides their score", async () => {
    await store.put(MBPP, many(2));
    const listed = await store.problems("mbpp");
    expect(listed).toEqual(many(2).map((each) => each.problem));
    expect(JSON.stringify(listed)).not.toMatch(/12345678901234567890|return 2/);
  });

  it("replaces a collection and leaves the others alone", async () => {
    await store.put(MBPP, many(5));
    await store.put({ ...MBPP, id: "other", title: "Other" }, many(4));
    await store.put({ ...MBPP, title: "MBPP again" }, many(2));
    const sizes = (await store.collections()).map(({ id, title, size }) => ({ id, title, size }));
    expect(sizes).toEqual([
      { id: "mbpp", title: "MBPP again", size: 2 },
      { id: "other", title: "Other", size: 4 },
    ]);
    expect(await store.stored("mbpp")).toHaveLength(2);
    expect(await store.stored("other")).toHaveLength(4);
  });

  it("changes nothing when a problem cannot be kept", async () => {
    await store.put(MBPP, many(3));
    const unkeepable = { ...problem(2), references: [() => 1] as unknown as string[] };
    await expect(store.put({ ...MBPP, title: "Half" }, [problem(1), unkeepable])).rejects.toMatchObject({
      code: "storage/failed",
    });
    expect(await store.stored("mbpp")).toEqual(many(3));
    expect((await store.collections())[0]?.title).toBe("MBPP");
  });

  it("removes a collection", async () => {
    await store.put(MBPP, many(3));
    await store.remove("mbpp");
    expect(await store.collections()).toEqual([]);
    expect(await store.problems("mbpp")).toEqual([]);
    expect(await database.answers.count()).toBe(0);
  });

  it("says what to import when a collection or a problem is not there", async () => {
    await expect(store.stored("humaneval")).rejects.toMatchObject({
      code: "input/unknown-collection",
      hint: expect.stringContaining("Import humaneval"),
    });
    await expect(store.find("humaneval", "humaneval/0")).rejects.toMatchObject({ code: "input/unknown-collection" });
    await store.put(MBPP, many(1));
    await expect(store.find("mbpp", "mbpp/9")).rejects.toMatchObject({
      code: "input/unknown-problem",
      message: "There is no problem mbpp/9 in MBPP.",
    });
  });

  it("works in a worker, on the same data", async () => {
    await store.put(MBPP, many(3));
    const worker = new Worker(new URL("./fixture.worker.ts", import.meta.url), { type: "module" });
    try {
      const answer = new Promise((resolve) => worker.addEventListener("message", ({ data }) => resolve(data)));
      worker.postMessage({ name: NAME, collection: "mbpp", id: "mbpp/2" });
      expect(await answer).toEqual(problem(2));
    } finally {
      worker.terminate();
    }
  });
});
