import { describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import { specFromPreset } from "../../experiment/spec/presets";
import type { ImportReport, ProblemImporter } from "../../ports/problem-importer";
import type { Collection } from "../../ports/problem-store";
import { EMPTY_WORLD, SAMPLE_COLLECTION, SAMPLE_PYTHON } from "../dependencies-fixture";
import { createLabStore, type LabStore } from "../lab-store";
import { SAMPLE_PROBLEM } from "../run/run-fixture";

const REPORT: ImportReport = { collection: SAMPLE_COLLECTION, refused: [], remarks: [], brokenOff: null };
const OPTIONS = { format: null, visibleCount: null };
const INPUT = { kind: "text", text: "rows" } as const;
const IMPORTED = { source: "imported", collection: "mbpp", id: "mbpp/2" } as const;

/** A store over a shelf that starts empty, and an importer that does as it is told. */
function setUp(read: ProblemImporter["import"], shelf: Collection[] = []): LabStore {
  return createLabStore({
    ...EMPTY_WORLD,
    problems: { ...EMPTY_WORLD.problems, named: async () => [{ ...SAMPLE_PROBLEM, id: "even-steven" }] },
    problemStore: {
      collections: async () => [...shelf],
      problems: async () => SAMPLE_PYTHON,
      remove: async (id) => {
        shelf.splice(0, shelf.length, ...shelf.filter((collection) => collection.id !== id));
      },
    },
    importer: {
      formats: async () => [],
      import: async (...request) => {
        const report = await read(...request);
        if (report.collection !== null) shelf.push(report.collection);
        return report;
      },
    },
  });
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("adding problems", () => {
  it("tells how far it is, then what came of it, and lists the collection", async () => {
    const store = setUp(async (_input, _options, onProgress) => {
      onProgress?.({ rows: 40, fraction: 0.5 });
      expect(store.getState().importing).toMatchObject({ stage: "reading", progress: { rows: 40, fraction: 0.5 } });
      return REPORT;
    });
    await store.getState().importProblems(INPUT, OPTIONS);
    expect(store.getState().importing).toEqual({ stage: "done", name: "Pasted text", report: REPORT });
    expect(store.getState().collections).toEqual([SAMPLE_COLLECTION]);
  });

  it("says in a sentence why nothing could be read", async () => {
    const store = setUp(async () => {
      throw new LabError("input/empty", "rows.jsonl is empty.", "Choose another file.");
    });
    await store.getState().importProblems(INPUT, OPTIONS);
    expect(store.getState().importing).toMatchObject({ stage: "failed", error: { message: "rows.jsonl is empty." } });
  });

  it("is given up on request, and what comes late is not shown", async () => {
    let finish: (report: ImportReport) => void = () => undefined;
    const store = setUp(
      (_input, _options, _onProgress, signal) =>
        new Promise((resolve) => {
          finish = resolve;
          signal?.addEventListener("abort", () => resolve({ ...REPORT, collection: null }));
        }),
    );
    const reading = store.getState().importProblems(INPUT, OPTIONS);
    store.getState().cancelImport();
    finish(REPORT);
    await reading;
    expect(store.getState().importing).toEqual({ stage: "idle" });
  });
});

describe("imported problems of an experiment", () => {
  it("are fetched without their hidden tests", async () => {
    const store = setUp(async () => REPORT, [SAMPLE_COLLECTION]);
    store.getState().commit(specFromPreset("mcts-chat", IMPORTED));
    await settled();
    expect(store.getState().problem).toEqual(SAMPLE_PYTHON[1]);
  });

  it("that are not here are named, and opened when their collection comes; the rest stays set up", async () => {
    const store = setUp(async () => REPORT);
    store.getState().commit(specFromPreset("mcts-chat", IMPORTED, 42));
    await settled();
    expect(store.getState().notice?.message).toBe('The problem mbpp/2 is one of "mbpp", which is not in this browser.');
    expect(store.getState().spec).toMatchObject({ preset: "mcts-chat", seed: 42, problem: { source: "named" } });
    await store.getState().importProblems(INPUT, OPTIONS);
    await settled();
    expect(store.getState().spec).toMatchObject({ seed: 42, problem: IMPORTED });
    expect(store.getState().problem).toEqual(SAMPLE_PYTHON[1]);
  });

  it("that are not here are not run, nor is another in their place, until another is chosen", async () => {
    const store = setUp(async () => REPORT);
    store.getState().commit(specFromPreset("mcts-chat", IMPORTED));
    await settled();
    store.getState().commit({ ...store.getState().spec, seed: 7 });
    store.getState().start();
    expect(store.getState()).toMatchObject({ status: "idle", notice: { opens: "problems" } });
    expect(store.getState().notice?.message).toBe("Add the problems of mbpp first.");
    const { spec, commit } = store.getState();
    commit({ ...spec, problem: { source: "named", id: "even-steven" } });
    expect(store.getState()).toMatchObject({ awaited: null, notice: null });
    store.getState().start();
    expect(store.getState().status).toBe("preparing");
  });

  it("are left when their collection is deleted", async () => {
    const store = setUp(async () => REPORT, [SAMPLE_COLLECTION]);
    store.getState().commit(specFromPreset("mcts-chat", IMPORTED));
    await settled();
    await store.getState().removeCollection("mbpp");
    expect(store.getState().collections).toEqual([]);
    expect(store.getState().spec.problem.source).toBe("named");
  });
});
