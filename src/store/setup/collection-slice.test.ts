import { describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import { specFromPreset } from "../../experiment/spec/presets";
import type { ImportReport, ProblemImporter } from "../../ports/problem-importer";
import type { Collection } from "../../ports/problem-store";
import type { ReferenceCheck } from "../../ports/reference-check";
import { SAMPLE_PROBLEM } from "../../testing/sample-run";
import { EMPTY_WORLD, SAMPLE_COLLECTION, SAMPLE_PYTHON } from "../dependencies-fixture";
import { createLabStore, type LabStore } from "../lab-store";

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
    expect(store.getState().notice?.opens).toBe("problems");
    expect(store.getState().run.getState().status).toBe("idle");
    expect(store.getState().notice?.message).toBe("Add the problems of mbpp first.");
    const { spec, commit } = store.getState();
    commit({ ...spec, problem: { source: "named", id: "even-steven" } });
    expect(store.getState()).toMatchObject({ awaited: null, notice: null });
    store.getState().start();
    expect(store.getState().run.getState().status).toBe("preparing");
  });

  it("are set up by choosing their collection, but not in the place of a problem that was chosen meanwhile", async () => {
    const store = setUp(async () => REPORT, [SAMPLE_COLLECTION]);
    const { chooseCollection, commit, spec } = store.getState();
    const late = chooseCollection("mbpp");
    commit({ ...spec, problem: { source: "named", id: "even-steven" } });
    await late;
    expect(store.getState().spec.problem).toEqual({ source: "named", id: "even-steven" });
    await chooseCollection("mbpp");
    expect(store.getState().spec.problem).toEqual({ ...IMPORTED, id: "mbpp/1" });
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

const SUMMARY = { passed: 2, total: 2, failed: [] };

function storeWith(check: ReferenceCheck["check"]) {
  let isChecked = false;
  const store = createLabStore({
    ...EMPTY_WORLD,
    problemStore: {
      ...EMPTY_WORLD.problemStore,
      collections: async () => [{ ...SAMPLE_COLLECTION, ...(isChecked ? { checked: SUMMARY } : {}) }],
    },
    referenceCheck: {
      check: async (...given) => {
        const summary = await check(...given);
        isChecked = true;
        return summary;
      },
    },
  });
  return store;
}

describe("checking reference solutions", () => {
  it("tells how far a check is, and shows what it found", async () => {
    const seen: unknown[] = [];
    const store = storeWith(async (_, tell = () => {}) => {
      seen.push(store.getState().checking);
      tell({ done: 1, total: 2 });
      seen.push(store.getState().checking?.progress);
      return SUMMARY;
    });
    await store.getState().checkCollection("mbpp");
    expect(seen).toEqual([
      { collection: "mbpp", progress: null },
      { done: 1, total: 2 },
    ]);
    expect(store.getState().checking).toBeNull();
    expect(store.getState().collections?.[0]?.checked).toEqual(SUMMARY);
  });

  it("can be cancelled, and says nothing then", async () => {
    const store = storeWith(
      (_, __, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
    );
    const checking = store.getState().checkCollection("mbpp");
    store.getState().cancelCheck();
    await checking;
    expect(store.getState()).toMatchObject({ checking: null, notice: null });
  });

  it("says what kept it from checking", async () => {
    const store = storeWith(async () => {
      throw new LabError("sandbox/no-frame", "The sandbox did not load.", "Reload the page.");
    });
    await store.getState().checkCollection("mbpp");
    expect(store.getState()).toMatchObject({ checking: null, notice: { message: "The sandbox did not load." } });
  });
});
