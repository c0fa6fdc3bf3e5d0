import { toErrorData } from "../../core/errors";
import type { ModelInfo } from "../../core/model";
import type { TimedEvent } from "../../core/run/events";
import type { ComparisonOutcome } from "../../experiment/compare/cells";
import {
  type ComparisonArchive,
  type ComparisonListener,
  type ComparisonRecord,
  runComparison,
} from "../../experiment/compare/compare";
import { modelOf } from "../../runs/run-file";
import type { Notice } from "../view-slice";
import type { ComparisonState, ComparisonStore, ComparisonWorld, ShownComparison } from "./state";

/** Who holds it may write to the comparison. */
export function lockOf(comparison: string): string {
  return `o1-coder-lab bench ${comparison}`;
}

/** What is told when another tab holds it. */
export const ELSEWHERE: Notice = {
  tone: "info",
  message: "This comparison is under way in another tab.",
  hint: "Go on with it there.",
};

/** Starting, going on with and stopping the comparison under way. */
export function runActions(
  set: ComparisonStore["setState"],
  get: ComparisonStore["getState"],
  { archive, executor, exclusively, notify }: ComparisonWorld,
): Pick<ComparisonState, "resume" | "stop"> {
  let current: AbortController | null = null;

  const listenerOf = (comparison: string): ComparisonListener => {
    const running = (change: Partial<NonNullable<ComparisonState["run"]>>) =>
      set(({ run }) => (run === null ? {} : { run: { ...run, ...change } }));
    return {
      onCell: ({ id }) => running({ cell: id, preparation: null }),
      onPreparation: (preparation) => running({ preparation }),
      onOutcome: (outcome, log) => {
        running({ preparation: null });
        const { shown } = get();
        if (shown?.record.id === comparison) set({ shown: withOutcome(shown, outcome, log) });
      },
      onFault: ({ id }, fault) =>
        set(({ faults }) => ({ faults: { ...faults, [comparison]: { ...faults[comparison], [id]: fault } } })),
    };
  };
  const run = async ({ record, problems }: ShownComparison, again: "errors" | undefined, signal: AbortSignal) => {
    // Another tab may have gone on with it since it was read.
    const outcomes = await archive.outcomes(record.id);
    const known = await answeredBy(record, outcomes, archive);
    const { shown } = get();
    if (shown?.record.id === record.id) set({ shown: { ...shown, outcomes, answeredBy: known } });
    const done = again === "errors" ? outcomes.filter(({ ended }) => ended !== "error") : outcomes;
    await runComparison(
      { spec: record.spec, problems, done, backends: lastBackends(known), signal },
      { executor, keep: (outcome, log) => archive.add(record.id, outcome, log) },
      listenerOf(record.id),
    );
  };

  return {
    resume: async (again) => {
      const { shown } = get();
      if (shown === null || get().run !== null) return;
      const comparison = shown.record.id;
      const mine = new AbortController();
      current = mine;
      set(({ faults }) => ({
        run: { comparison, cell: null, preparation: null, isStopping: false },
        faults: { ...faults, [comparison]: {} },
      }));
      try {
        const isOurs = await exclusively(lockOf(comparison), () => run(shown, again, mine.signal));
        if (!isOurs) notify(ELSEWHERE);
      } catch (thrown) {
        notify({ tone: "error", ...toErrorData(thrown) });
      }
      set({ run: null });
    },
    stop: () => {
      current?.abort();
      set(({ run }) => (run === null ? {} : { run: { ...run, isStopping: true } }));
    },
  };
}

/** The same weights on the same backend. */
function isSame(a: ModelInfo, b: ModelInfo): boolean {
  return a.id === b.id && a.weights === b.weights && a.backend === b.backend;
}

/** What answered in the first and in the last run of each model: both tell whether it changed on the way. */
export async function answeredBy(
  record: ComparisonRecord,
  outcomes: readonly ComparisonOutcome[],
  archive: ComparisonArchive,
): Promise<ShownComparison["answeredBy"]> {
  const entries = record.spec.models.map(async (model) => {
    const own = outcomes.filter((outcome) => outcome.model === model && outcome.nodes > 0);
    const ends = [own[0], own.at(-1)].filter((outcome) => outcome !== undefined);
    const logs = await Promise.all(ends.map(({ cell, id }) => archive.log(record.id, cell, id)));
    return [model, distinct(logs.map((log) => modelOf(log ?? [])).filter((info) => info !== null))] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function distinct(infos: readonly ModelInfo[]): readonly ModelInfo[] {
  return infos.filter((info, at) => infos.findIndex((other) => isSame(other, info)) === at);
}

/** What each model ran on at last. */
function lastBackends(known: ShownComparison["answeredBy"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(known).flatMap(([model, infos]) => infos.slice(-1).map(({ backend }) => [model, backend])),
  );
}

/** A comparison with one more outcome. */
function withOutcome(shown: ShownComparison, outcome: ComparisonOutcome, log: readonly TimedEvent[]): ShownComparison {
  const outcomes = [...shown.outcomes, outcome];
  const info = modelOf(log);
  const { model } = outcome;
  if (info === null) return { ...shown, outcomes };
  const before = shown.answeredBy[model] ?? [];
  const known = before.some((other) => isSame(other, info)) ? before : [...before, info];
  return { ...shown, outcomes, answeredBy: { ...shown.answeredBy, [model]: known } };
}
