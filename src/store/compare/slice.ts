import { toErrorData } from "../../core/errors";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import type { RunFile } from "../../runs/run-file";
import type { SliceCreator } from "../lab-state";
import { isSameExperiment } from "../setup/same-experiment";
import type { ComparisonStore } from "./store";

/** What fills the screen: one run, or a comparison of many. */
export type View = "explorer" | "comparison";

/** The way to the comparisons, which come when they are first looked at. */
export interface ComparisonSlice {
  readonly view: View;
  /** Null until the comparisons were first shown. */
  readonly comparison: ComparisonStore | null;
  /** What was set up when a compared run was opened, to be set up again on the way back; null before the first. */
  readonly ownSpec: ExperimentSpec | null;
  showComparison(): Promise<void>;
  showExplorer(): void;
  /** Shows a run of a comparison in the tree, with its settings in the form until the comparisons are shown again. */
  showCompared(file: RunFile): void;
}

export const createComparisonSlice: SliceCreator<ComparisonSlice> = (set, get, { comparison, problemStore }) => ({
  view: "explorer",
  comparison: null,
  ownSpec: null,
  showExplorer: () => set({ view: "explorer" }),
  showCompared: (file) => {
    const { spec, commit, show, showPane } = get();
    set({ ownSpec: spec });
    commit(file.spec);
    show(file, "compared");
    showPane("tree");
  },
  showComparison: async () => {
    const { origin, spec, runSpec, ownSpec, setUp } = get();
    set({ view: "comparison" });
    const isCompared = origin === "compared" && runSpec !== null && isSameExperiment(spec, runSpec);
    if (isCompared && ownSpec !== null) setUp(ownSpec);
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
