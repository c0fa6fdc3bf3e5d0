import { toErrorData } from "../../core/errors";
import { type ComparisonListener, runComparison } from "../../experiment/compare/compare";
import type { Notice } from "../view-slice";
import { answeredBy, lastBackends, withOutcome } from "./shown";
import type { ComparisonState, ShownComparison } from "./state";
import type { ComparisonStore, ComparisonWorld } from "./store";

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
