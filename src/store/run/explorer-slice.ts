import type { ExperimentSpec } from "../../experiment/spec/spec";
import type { ViewState } from "../../share/link";
import { isSameExperiment } from "../address";
import type { ExperimentSlice } from "../setup/experiment-slice";
import type { SliceCreator } from "../slice";
import type { ViewSlice } from "../view-slice";
import { createRunView, type RunView, type RunViewWorld } from "./run-view";

/** The run that the explorer shows. */
export interface ExplorerSlice {
  readonly run: RunView;
  /** What a link asked to see of a run that was not done here yet. */
  readonly expected: { readonly spec: ExperimentSpec; readonly view: ViewState } | null;
  /** Runs the experiment as it is set up. While a problem is awaited, says so instead. */
  start(): void;
  /** Takes the shown run away. When what is set up now has been run, `view` will be shown. */
  clear(view: ViewState): void;
}

type Seen = ExplorerSlice & Pick<ExperimentSlice, "spec" | "awaited"> & Pick<ViewSlice, "notify" | "dismissNotice">;

export const createExplorerSlice: SliceCreator<ExplorerSlice, Seen, RunViewWorld> = (set, get, world) => ({
  run: createRunView(world),
  expected: null,

  start: () => {
    const { run, spec, expected, awaited, dismissNotice, notify } = get();
    if (awaited !== null) return notify({ tone: "error", ...missing(awaited), opens: "problems" });
    dismissNotice();
    const isExpected = expected !== null && isSameExperiment(expected.spec, spec);
    run.getState().start(spec, isExpected ? expected.view : undefined);
  },

  clear: (view) => {
    const { run, spec } = get();
    run.getState().clear();
    set({ expected: { spec, view } });
  },
});

function missing({ collection, id }: NonNullable<Seen["awaited"]>) {
  const hint = `The problem ${id} then opens; or choose another problem.`;
  return { message: `Add the problems of ${collection} first.`, hint };
}
