import { createStore } from "zustand/vanilla";
import { LabError, toErrorData } from "../../core/errors";
import type { TimedEvent } from "../../core/run/events";
import { type ComparisonCell, comparisonCells } from "../../experiment/compare/cells";
import { type ComparisonProblems, comparedProblem, comparisonProblems } from "../../experiment/compare/problems";
import { type ComparisonSpec, parseComparisonSpec } from "../../experiment/compare/spec";
import { SPEC_VERSION } from "../../experiment/spec/migration";
import { familyOf } from "../../experiment/spec/model-family";
import { presetOfStrategy } from "../../experiment/spec/presets";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import { identityOf, migrateEvents, type RunFile, runFile } from "../../runs/run-file";
import { FallbackArchive } from "./archive";
import { answeredBy, ELSEWHERE, lockOf, runActions } from "./run-actions";
import type { ComparisonState, ComparisonStore, ComparisonWorld, ShownComparison } from "./state";

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

/** A comparison that shows something within seconds on the tiny model; on the model and the problems that are set up. */
function firstDraft({ model, problem }: Pick<ExperimentSpec, "model" | "problem">): ComparisonSpec {
  return {
    version: 1,
    models: [model],
    strategies: ["vanilla", "sample", "mcts-puct"],
    problems:
      problem.source === "imported"
        ? { source: "imported", collection: problem.collection }
        : { source: "puzzles", split: "test", tier: "hinted" },
    limit: 8,
    stopAtPass: true,
    budgetTokens: 2000,
    seed: 1,
    freshSamples: 8,
    price: null,
  };
}

/**
 * Checks a comparison that was set up.
 * @throws LabError `input/*`: one sentence for the person who set it up.
 */
function checkDraft(draft: ComparisonSpec): ComparisonSpec {
  if (draft.models.length === 0) throw new LabError("input/no-models", "Choose at least one model.");
  if (draft.strategies.length === 0) throw new LabError("input/no-strategies", "Choose at least one strategy.");
  return parseComparisonSpec(draft);
}

const TIERS = {
  all: "all tiers",
  described: "described",
  hinted: "hinted",
  "two-hidden": "two hidden",
  examples: "examples only",
} as const;

/** What a comparison is called: the problems it is about. */
function comparisonTitle(
  { problems }: Pick<ComparisonSpec, "problems">,
  { title }: Pick<ComparisonProblems, "title">,
): string {
  if (problems.source === "imported") return title;
  const split = problems.split === "test" ? "" : `, ${problems.split}`;
  return `${title}, ${TIERS[problems.tier]}${split}`;
}

/** A cell's run on a problem, as the explorer shows it; null for a run that could not begin. */
function runOfCell(
  spec: ComparisonSpec,
  { model }: ComparisonCell,
  problem: string,
  log: readonly TimedEvent[],
): RunFile | null {
  const events = migrateEvents(log) as readonly TimedEvent[];
  const started = events[0]?.event;
  if (started?.type !== "started" || started.config === null) return null;
  const { config, seed } = started;
  const preset = presetOfStrategy(config.strategy, familyOf(model));
  const experiment: ExperimentSpec = {
    version: SPEC_VERSION,
    preset,
    problem: comparedProblem(spec, problem),
    model,
    seed,
    config,
  };
  return runFile(identityOf(log), experiment, events);
}
