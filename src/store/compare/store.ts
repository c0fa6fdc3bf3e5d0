import { createStore, type StoreApi } from "zustand/vanilla";
import { LabError, toErrorData } from "../../core/errors";
import { comparisonCells } from "../../experiment/compare/cells";
import { comparisonProblems } from "../../experiment/compare/problems";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import type { ProblemStore } from "../../ports/problem-store";
import type { Notice } from "../view-slice";
import { runOfCell } from "./cell-experiment";
import type { ComparisonDependencies } from "./dependencies";
import { checkDraft, firstDraft } from "./draft";
import { FallbackArchive } from "./fallback-archive";
import { ELSEWHERE, lockOf, runActions } from "./run-actions";
import { answeredBy } from "./shown";
import type { ComparisonState, ShownComparison } from "./state";
import { comparisonTitle } from "./title";

/** The store of comparisons. */
export type ComparisonStore = StoreApi<ComparisonState>;

/** What it needs besides. */
export interface ComparisonWorld extends ComparisonDependencies {
  readonly problemStore: Pick<ProblemStore, "collections" | "problems">;
  readonly notify: (notice: Notice) => void;
}

type Set = ComparisonStore["setState"];
type Get = ComparisonStore["getState"];

/** Makes the store; `present` is the experiment that is set up, from which the first comparison starts. */
export function createComparisonStore(
  world: ComparisonWorld,
  present: Pick<ExperimentSpec, "model" | "problem">,
): ComparisonStore {
  return createStore<ComparisonState>()((set, get) => {
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

function recordActions(set: Set, get: Get, { archive, problemStore, exclusively, notify }: ComparisonWorld) {
  const told = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (thrown) {
      notify({ tone: "error", ...toErrorData(thrown) });
      return null;
    }
  };
  const show = async (comparison: string) => {
    const record = get().records?.find(({ id }) => id === comparison);
    if (record === undefined) return;
    await told(async () => {
      const problems = await comparisonProblems(record.spec, problemStore);
      const outcomes = await archive.outcomes(comparison);
      const shown: ShownComparison = {
        record,
        problems,
        outcomes,
        answeredBy: await answeredBy(record, outcomes, archive),
      };
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
        const problems = await comparisonProblems(spec, problemStore);
        if (problems.fault !== null) return set({ draftFault: problems.fault });
        if (problems.total === 0) throw new LabError("input/no-problems", "There are no problems in this collection.");
        const record = await archive.create(comparisonTitle(spec, problems), spec);
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
    remove: async (comparison: string) => {
      if (get().run?.comparison === comparison) return;
      await told(async () => {
        if (!(await exclusively(lockOf(comparison), () => archive.remove(comparison)))) return notify(ELSEWHERE);
        set(({ records, shown }) => ({
          records: records?.filter(({ id }) => id !== comparison) ?? null,
          ...(shown?.record.id === comparison ? { shown: null, openRow: null } : {}),
        }));
        const next = get().records?.[0];
        if (get().shown === null && next !== undefined) await show(next.id);
      });
    },
    runFile: (cellId: string, problem: string) =>
      told(async () => {
        const { shown } = get();
        const cell = shown && comparisonCells(shown.record.spec).find(({ id }) => id === cellId);
        if (!shown || !cell) return null;
        const log = await archive.log(shown.record.id, cellId, problem);
        const file = log && runOfCell(shown.record.spec, cell, problem, log);
        if (file) return file;
        throw new LabError("input/no-run", "This problem's run could not begin, so there is no tree to show.");
      }),
  };
}
