import { createStore, type StoreApi } from "zustand/vanilla";
import { LabError, toErrorData } from "../../core/errors";
import { benchCells } from "../../experiment/bench/cells";
import type { ExperimentSpec } from "../../experiment/spec";
import type { ProblemStore } from "../../ports/problem-store";
import type { Notice } from "../lab-state";
import type { BenchDependencies } from "./bench-dependencies";
import { benchProblems } from "./bench-problems";
import type { BenchState, ShownBench } from "./bench-state";
import { benchTitle } from "./bench-title";
import { runOfCell } from "./cell-experiment";
import { checkDraft, firstDraft } from "./draft";
import { FallbackArchive } from "./fallback-archive";
import { ELSEWHERE, lockOf, runActions } from "./run-actions";
import { answeredBy } from "./shown-bench";

/** The store of comparisons. */
export type BenchStore = StoreApi<BenchState>;

/** What it needs besides. */
export interface BenchWorld extends BenchDependencies {
  readonly problemStore: Pick<ProblemStore, "collections" | "problems">;
  readonly notify: (notice: Notice) => void;
}

type Set = BenchStore["setState"];
type Get = BenchStore["getState"];

/** Makes the store; `present` is the experiment that is set up, from which the first comparison starts. */
export function createBenchStore(world: BenchWorld, present: Pick<ExperimentSpec, "model" | "problem">): BenchStore {
  return createStore<BenchState>()((set, get) => {
    const archive = new FallbackArchive(world.archive, (thrown) => set({ storageFault: toErrorData(thrown) }));
    const kept = { ...world, archive };
    return {
      draft: firstDraft(present),
      draftFault: null,
      records: null,
      shown: null,
      run: null,
      faults: {},
      openRow: null,
      storageFault: null,
      edit: (change) => set(({ draft }) => ({ draft: { ...draft, ...change }, draftFault: null })),
      setOpenRow: (openRow) => set({ openRow }),
      ...recordActions(set, get, kept),
      ...runActions(set, get, kept),
    };
  });
}

function recordActions(set: Set, get: Get, { archive, problemStore, exclusively, notify }: BenchWorld) {
  const told = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (thrown) {
      notify({ tone: "error", ...toErrorData(thrown) });
      return null;
    }
  };
  const show = async (bench: string) => {
    const record = get().records?.find(({ id }) => id === bench);
    if (record === undefined) return;
    await told(async () => {
      const problems = await benchProblems(record.spec, problemStore);
      const outcomes = await archive.outcomes(bench);
      const shown: ShownBench = { record, problems, outcomes, answeredBy: await answeredBy(record, outcomes, archive) };
      set({ shown, openRow: null, draft: record.spec, draftFault: null });
    });
  };
  return {
    show,
    load: async () => {
      const records = await archive.list();
      set({ records });
      const newest = records[0];
      if (get().shown === null && newest !== undefined) await show(newest.id);
    },
    start: async () => {
      try {
        const spec = checkDraft(get().draft);
        const problems = await benchProblems(spec, problemStore);
        if (problems.fault !== null) return set({ draftFault: problems.fault });
        if (problems.total === 0) throw new LabError("input/no-problems", "There are no problems in this collection.");
        const record = await archive.create(benchTitle(spec, problems), spec);
        set(({ records }) => ({
          draftFault: null,
          records: [record, ...(records ?? [])],
          shown: { record, problems, outcomes: [], answeredBy: {} },
          openRow: null,
        }));
      } catch (thrown) {
        return set({ draftFault: toErrorData(thrown) });
      }
      await get().resume();
    },
    remove: async (bench: string) => {
      if (get().run?.bench === bench) return;
      await told(async () => {
        if (!(await exclusively(lockOf(bench), () => archive.remove(bench)))) return notify(ELSEWHERE);
        set(({ records, shown }) => ({
          records: records?.filter(({ id }) => id !== bench) ?? null,
          ...(shown?.record.id === bench ? { shown: null, openRow: null } : {}),
        }));
        const next = get().records?.[0];
        if (get().shown === null && next !== undefined) await show(next.id);
      });
    },
    runFile: (cellId: string, problem: string) =>
      told(async () => {
        const { shown } = get();
        const cell = shown && benchCells(shown.record.spec).find(({ id }) => id === cellId);
        if (!shown || !cell) return null;
        const log = await archive.log(shown.record.id, cellId, problem);
        const file = log && runOfCell(shown.record.spec, cell, problem, log);
        if (file) return file;
        throw new LabError("input/no-run", "This problem's run could not begin, so there is no tree to show.");
      }),
  };
}
