import { toErrorData } from "../../core/errors";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import type { ProblemStore } from "../../ports/problem-store";
import type { RunFile } from "../../runs/run-file";
import { isSameExperiment } from "../address";
import type { ExplorerSlice } from "../run/explorer-slice";
import type { ExperimentSlice } from "../setup/experiment-slice";
import type { SliceCreator } from "../slice";
import type { ViewSlice } from "../view-slice";
import type { ComparisonDependencies, ComparisonStore } from "./state";

/** The way to the comparisons, which come when they are first looked at. */
export interface ComparisonSlice {
  /** Null until the comparisons were first shown. */
  readonly comparison: ComparisonStore | null;
  /** What was set up when a compared run was opened, to be set up again on the way back; null before the first. */
  readonly ownSpec: ExperimentSpec | null;
  showComparison(): Promise<void>;
  /**
   * Shows a run of a comparison in the tree, with its settings in the form until the comparisons are shown again. Does nothing,
   * and says so by `false`, when there is none, or when the person has left the comparisons before it came.
   */
  openCompared(coming: Promise<RunFile | null>): Promise<boolean>;
}

type Seen = ComparisonSlice &
  Pick<ViewSlice, "view" | "notify" | "showPane"> &
  Pick<ExperimentSlice, "spec" | "commit" | "setUp"> &
  Pick<ExplorerSlice, "run">;

/** What the comparisons need of the world. */
export interface ComparisonSliceWorld {
  readonly comparison: ComparisonDependencies;
  readonly problemStore: Pick<ProblemStore, "collections" | "problems">;
}

export const createComparisonSlice: SliceCreator<ComparisonSlice, Seen, ComparisonSliceWorld> = (
  set,
  get,
  { comparison, problemStore },
) => ({
  comparison: null,
  ownSpec: null,
  openCompared: async (coming) => {
    const file = await coming;
    const { view, spec, run, commit, showPane } = get();
    if (file === null || view !== "comparison") return false;
    if (!isOfComparison(get())) set({ ownSpec: spec });
    if (file.spec !== null) commit(file.spec);
    run.getState().show(file, "compared");
    showPane("tree");
    return true;
  },
  showComparison: async () => {
    const { ownSpec, setUp } = get();
    set({ view: "comparison" });
    if (isOfComparison(get()) && ownSpec !== null) setUp(ownSpec);
    if (get().comparison !== null) return;
    try {
      const { createComparisonStore } = await import("./store");
      if (get().comparison !== null) return;
      const { notify, spec: present } = get();
      set({ comparison: createComparisonStore({ ...comparison, problemStore, notify }, present) });
    } catch (error) {
      get().notify({ tone: "error", ...toErrorData(error) });
    }
  },
});

/** Whether what is set up is a comparison's and not the person's own. */
function isOfComparison({ spec, run }: Pick<Seen, "spec" | "run">): boolean {
  const { origin, runSpec } = run.getState();
  return origin === "compared" && runSpec !== null && isSameExperiment(spec, runSpec);
}
