import { toErrorData } from "../../core/errors";
import type { Notice } from "../lab-state";
import type { BenchState, ShownBench } from "./bench-state";
import type { BenchStore, BenchWorld } from "./bench-store";
import { type BenchListener, runBench } from "./run-bench";
import { answeredBy, lastBackends, withOutcome } from "./shown-bench";

/** Who holds it may write to the comparison. */
export function lockOf(bench: string): string {
  return `o1-coder-lab bench ${bench}`;
}

/** What is told when another tab holds it. */
export const ELSEWHERE: Notice = {
  tone: "info",
  message: "This comparison is under way in another tab.",
  hint: "Go on with it there.",
};

/** Starting, going on with and stopping the comparison under way. */
export function runActions(
  set: BenchStore["setState"],
  get: BenchStore["getState"],
  { archive, runner, exclusively, notify }: BenchWorld,
): Pick<BenchState, "resume" | "stop"> {
  let current: AbortController | null = null;

  const listenerOf = (bench: string): BenchListener => {
    const running = (change: Partial<NonNullable<BenchState["run"]>>) =>
      set(({ run }) => (run === null ? {} : { run: { ...run, ...change } }));
    return {
      onCell: ({ id }) => running({ cell: id, preparation: null }),
      onPreparation: (preparation) => running({ preparation }),
      onOutcome: (outcome, log) => {
        running({ preparation: null });
        const { shown } = get();
        if (shown?.record.id === bench) set({ shown: withOutcome(shown, outcome, log) });
      },
      onFault: ({ id }, fault) =>
        set(({ faults }) => ({ faults: { ...faults, [bench]: { ...faults[bench], [id]: fault } } })),
    };
  };
  const run = async ({ record, problems }: ShownBench, again: "errors" | undefined, signal: AbortSignal) => {
    // Another tab may have gone on with it since it was read.
    const outcomes = await archive.outcomes(record.id);
    const known = await answeredBy(record, outcomes, archive);
    const { shown } = get();
    if (shown?.record.id === record.id) set({ shown: { ...shown, outcomes, answeredBy: known } });
    const done = again === "errors" ? outcomes.filter(({ ended }) => ended !== "error") : outcomes;
    await runBench(
      { record, problems, done, backends: lastBackends(known), signal },
      { archive, runner },
      listenerOf(record.id),
    );
  };

  return {
    resume: async (again) => {
      const { shown } = get();
      if (shown === null || get().run !== null) return;
      const bench = shown.record.id;
      const mine = new AbortController();
      current = mine;
      set(({ faults }) => ({
        run: { bench, cell: null, preparation: null, isStopping: false },
        faults: { ...faults, [bench]: {} },
      }));
      try {
        const isOurs = await exclusively(lockOf(bench), () => run(shown, again, mine.signal));
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
