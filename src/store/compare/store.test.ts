import { beforeEach, describe, expect, it, vi } from "vitest";
import { LabError } from "../../core/errors";
import type { CellProgress, CellWork, ComparisonOutcome } from "../../experiment/compare/cells";
import type { CellExecutor } from "../../experiment/compare/compare";
import { outcomeOf } from "../../experiment/compare/compare-fixture";
import type { ComparisonSpec } from "../../experiment/compare/spec";
import { sampleRun } from "../../testing/sample-run";
import { SAMPLE_COLLECTION, SAMPLE_PYTHON } from "../dependencies-fixture";
import type { Notice } from "../view-slice";
import { MemoryArchive } from "./archive";
import type { ComparisonStore, ComparisonWorld } from "./state";
import { createComparisonStore } from "./store";

const PRESENT = { model: "tiny", problem: { source: "named", id: "even-steven" } } as const;
const ENDPOINT = "openai:http://localhost:8000/v1#coder";
const DRAFT: Partial<ComparisonSpec> = {
  models: ["tiny"],
  strategies: ["vanilla", "sample"],
  problems: { source: "puzzles", split: "test", tier: "described" },
  limit: 3,
};

const until = (check: () => void) => vi.waitFor(check, { timeout: 120_000 });

const progress = (cell: string, index: number, change: Partial<ComparisonOutcome> = {}): CellProgress => ({
  outcome: outcomeOf(cell, `test-described-${index}`, true, change),
  log: sampleRun(3),
});

/** Does all that is left of a cell, a problem a batch; some cells fail instead, and some wait after a problem. */
class FakeExecutor implements CellExecutor {
  readonly asked: string[] = [];
  readonly failing = new Map<string, LabError>();
  waitsAfter: number | null = null;
  readonly ended: string[] = [];
  readonly backends: (string | undefined)[] = [];

  async *runCell({ spec, cell: { id }, done }: CellWork, _tell: unknown, signal: AbortSignal, backend?: string) {
    this.asked.push(`${id}, ${done.length} done`);
    this.backends.push(backend);
    const failure = this.failing.get(id);
    if (failure !== undefined) throw failure;
    for (let index = 0; index < spec.limit; index++) {
      if (done.includes(`test-described-${index}`)) continue;
      yield [progress(id, index)];
      if (this.waitsAfter !== index) continue;
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      return;
    }
  }
}

describe("the store of comparisons", () => {
  let executor: FakeExecutor;
  let archive: MemoryArchive;
  let notices: Notice[];

  beforeEach(() => {
    executor = new FakeExecutor();
    archive = new MemoryArchive();
    notices = [];
  });

  function open(change: Partial<ComparisonWorld> = {}, draft: Partial<ComparisonSpec> = DRAFT): ComparisonStore {
    const world: ComparisonWorld = {
      executor,
      archive,
      exclusively: async (_, work) => work().then(() => true),
      problemStore: { collections: async () => [SAMPLE_COLLECTION], problems: async () => SAMPLE_PYTHON },
      notify: (notice) => void notices.push(notice),
      ...change,
    };
    const store = createComparisonStore(world, PRESENT);
    store.getState().edit(draft);
    return store;
  }

  const idsOf = (store: ComparisonStore) => store.getState().shown?.outcomes.map(({ cell, id }) => `${cell} ${id}`);

  it("runs cell after cell and keeps every problem", async () => {
    const store = open();
    await store.getState().start();
    expect(executor.asked).toEqual(["vanilla tiny, 0 done", "sample tiny, 0 done"]);
    expect(idsOf(store)).toHaveLength(6);
    const { shown, run } = store.getState();
    expect(run).toBeNull();
    expect(await archive.outcomes(shown?.record.id ?? "")).toHaveLength(6);
    expect(shown?.answeredBy.tiny).toHaveLength(1);
  });

  it("goes on in another visit where it was stopped, and does nothing twice", async () => {
    const first = open();
    executor.waitsAfter = 1;
    const over = first.getState().start();
    await until(() => expect(idsOf(first)).toHaveLength(2));
    first.getState().stop();
    expect(first.getState().run?.isStopping).toBe(true);
    await over;
    expect(first.getState().run).toBeNull();

    executor.waitsAfter = null;
    executor.asked.length = 0;
    const second = open();
    await second.getState().load();
    expect(idsOf(second)).toEqual(["vanilla tiny test-described-0", "vanilla tiny test-described-1"]);
    expect(second.getState().shown?.answeredBy.tiny).toHaveLength(1);
    expect(second.getState().draft).toMatchObject({ limit: 3, strategies: ["vanilla", "sample"] });
    await second.getState().resume();
    expect(executor.asked).toEqual(["vanilla tiny, 2 done", "sample tiny, 0 done"]);
    expect(executor.backends).toEqual([undefined, "scripted", "scripted"]);
    expect(new Set(idsOf(second)).size).toBe(6);
    executor.asked.length = 0;
    await second.getState().resume();
    expect(executor.asked).toEqual([]);
  });

  it("credits a run to its own model, not to one whose name it ends with", async () => {
    const mine = "openai:http://localhost:8000/v1#my tiny";
    const store = open({}, { ...DRAFT, models: ["tiny", mine], strategies: ["vanilla"], limit: 1 });
    await store.getState().start();
    const answeredBy = () => store.getState().shown?.answeredBy;
    expect(Object.keys(answeredBy() ?? {})).toEqual(["tiny", mine]);
    const { id = "" } = store.getState().shown?.record ?? {};
    const { outcome, log } = progress(`vanilla ${mine}`, 0);
    const elsewhere = log.map(({ at, event }) =>
      event.type === "started" && event.model !== null
        ? { at, event: { ...event, model: { ...event.model, backend: "elsewhere" } } }
        : { at, event },
    );
    await archive.add(id, outcome, elsewhere);
    await store.getState().show(id);
    expect(answeredBy()?.tiny?.map(({ backend }) => backend)).toEqual(["scripted"]);
    expect(answeredBy()?.[mine]?.map(({ backend }) => backend)).toEqual(["elsewhere"]);
  });

  it("leaves a model that does not load with all its rows, and goes on with the others", async () => {
    executor.failing.set(`vanilla ${ENDPOINT}`, new LabError("model/unreachable", "Nobody answers."));
    const store = open({}, { ...DRAFT, models: [ENDPOINT, "tiny"] });
    await store.getState().start();
    expect(executor.asked).toEqual([`vanilla ${ENDPOINT}, 0 done`, "vanilla tiny, 0 done", "sample tiny, 0 done"]);
    const { shown, faults } = store.getState();
    expect(Object.entries(faults[shown?.record.id ?? ""] ?? {}).map(([cell, { message }]) => [cell, message])).toEqual([
      [`vanilla ${ENDPOINT}`, "Nobody answers."],
      [`sample ${ENDPOINT}`, "Nobody answers."],
    ]);
  });

  it("stops altogether when another run takes the model's place, and clears the fault when it goes on", async () => {
    executor.failing.set("vanilla tiny", new LabError("rpc/disposed", "The model worker was closed."));
    const store = open();
    await store.getState().start();
    expect(executor.asked).toEqual(["vanilla tiny, 0 done"]);
    const [told] = Object.values(store.getState().faults).flatMap((faults) => Object.values(faults));
    expect(told?.message).toBe("Another run took the model's place.");
    executor.failing.clear();
    await store.getState().resume();
    expect(idsOf(store)).toHaveLength(6);
    expect(store.getState().faults[store.getState().shown?.record.id ?? ""]).toEqual({});
  });

  it("says which cells cannot be run without asking the model", async () => {
    const store = open({}, { ...DRAFT, strategies: ["beam"] });
    await store.getState().start();
    const python = open({}, { ...DRAFT, problems: { source: "imported", collection: "mbpp" } });
    await python.getState().start();
    expect(executor.asked).toEqual([]);
    const faultsOf = (each: ComparisonStore) =>
      Object.values(Object.values(each.getState().faults)[0] ?? {}).map(({ message }) => message);
    expect(faultsOf(store)).toEqual(["It needs a step scorer, and this model has none."]);
    expect(faultsOf(python)[0]).toContain("this problem is in Python");
    expect(python.getState().shown?.problems).toMatchObject({ total: 2, title: "MBPP" });
  });

  it.each([
    [{ models: [] }, "Choose at least one model."],
    [{ strategies: [] }, "Choose at least one strategy."],
    [{ budgetTokens: 0 }, "budgetTokens is 0"],
    [{ problems: { source: "imported", collection: "apps" } }, 'The problems of "apps" are not in this browser.'],
  ] as const)("does not begin with %j", async (change, sentence) => {
    const store = open({}, { ...DRAFT, ...(change as Partial<ComparisonSpec>) });
    await store.getState().start();
    expect(store.getState().draftFault?.message).toContain(sentence);
    expect(store.getState().records ?? []).toEqual([]);
    store.getState().edit(DRAFT);
    expect(store.getState().draftFault).toBeNull();
  });

  it("goes on in memory when the browser keeps nothing", async () => {
    const refuse = async () => {
      throw new LabError("storage/quota", "No room.");
    };
    const full = new MemoryArchive();
    full.create = refuse;
    full.add = refuse;
    full.list = refuse;
    const store = open({ archive: full });
    await store.getState().load();
    await store.getState().start();
    expect(store.getState().storageFault?.message).toBe("No room.");
    expect(idsOf(store)).toHaveLength(6);
    expect((await store.getState().runFile("vanilla tiny", "test-described-0"))?.events.length).toBeGreaterThan(5);
  });

  it("keeps what came before the room ran out", async () => {
    const store = open();
    executor.waitsAfter = 0;
    const over = store.getState().start();
    await until(() => expect(idsOf(store)).toHaveLength(1));
    store.getState().stop();
    await over;
    archive.add = async () => {
      throw new LabError("storage/quota", "No room.");
    };
    executor.waitsAfter = null;
    await store.getState().resume();
    const { id = "" } = store.getState().shown?.record ?? {};
    await store.getState().show(id);
    expect(new Set(idsOf(store)).size).toBe(6);
  });

  it("does not run what is under way in another tab", async () => {
    const store = open({ exclusively: async () => false });
    await store.getState().start();
    expect(executor.asked).toEqual([]);
    expect(notices[0]?.message).toContain("another tab");
    expect(store.getState().run).toBeNull();
    await store.getState().remove(store.getState().shown?.record.id ?? "");
    expect(notices).toHaveLength(2);
    expect(await archive.list()).toHaveLength(1);
  });

  it("does problems again that ended with an error, and only those", async () => {
    const store = open({}, { ...DRAFT, strategies: ["vanilla"] });
    await store.getState().start();
    const { id = "" } = store.getState().shown?.record ?? {};
    const { outcome, log } = progress("vanilla tiny", 1, { solved: false, ended: "error", message: "Gone." });
    await archive.add(id, outcome, log);
    executor.asked.length = 0;
    await store.getState().resume();
    expect(executor.asked).toEqual([]);
    await store.getState().resume("errors");
    expect(executor.asked).toEqual(["vanilla tiny, 2 done"]);
    expect((await archive.outcomes(id)).map(({ ended }) => ended)).not.toContain("error");
  });

  it("gives a run as the explorer shows it, with a link to its problem", async () => {
    const store = open();
    await store.getState().start();
    const file = await store.getState().runFile("sample tiny", "test-described-2");
    expect(file?.spec).toMatchObject({
      model: "tiny",
      seed: 1,
      problem: { source: "generated", split: "test", tier: "described", index: 2, seed: 0 },
    });
    expect(await store.getState().runFile("sample tiny", "test-described-9")).toBeNull();
    expect(notices.at(-1)?.message).toContain("no tree to show");
  });

  it("removes a comparison with all that belongs to it, and shows the next", async () => {
    const store = open();
    await store.getState().start();
    const first = store.getState().shown?.record.id ?? "";
    await store.getState().start();
    const second = store.getState().shown?.record.id ?? "";
    await store.getState().remove(second);
    expect(store.getState().shown?.record.id).toBe(first);
    await store.getState().remove(first);
    expect(store.getState().shown).toBeNull();
    expect(await archive.outcomes(first)).toEqual([]);
  });
});
