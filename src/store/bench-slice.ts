import { toErrorData } from "../core/errors";
import type { ExperimentSpec } from "../experiment/spec";
import type { BenchStore } from "./bench/bench-store";
import type { SliceCreator } from "./lab-state";
import type { RunFile } from "./run-file";
import { isSameExperiment } from "./same-experiment";

/** What fills the screen: one run, or a comparison of many. */
export type View = "explorer" | "bench";

/** The way to the comparisons, which come when they are first looked at. */
export interface BenchSlice {
  readonly view: View;
  /** Null until the comparisons were first shown. */
  readonly bench: BenchStore | null;
  /** What was set up when a compared run was opened, to be set up again on the way back; null before the first. */
  readonly ownSpec: ExperimentSpec | null;
  showBench(): Promise<void>;
  showExplorer(): void;
  /** Shows a run of a comparison in the tree, with its settings in the form until the comparisons are shown again. */
  showCompared(file: RunFile): void;
}

export const createBenchSlice: SliceCreator<BenchSlice> = (set, get, { bench, problemStore }) => ({
  view: "explorer",
  bench: null,
  ownSpec: null,
  showExplorer: () => set({ view: "explorer" }),
  showCompared: (file) => {
    const { spec, commit, show, showPane } = get();
    set({ ownSpec: spec });
    commit(file.spec);
    show(file, "compared");
    showPane("tree");
  },
  showBench: async () => {
    const { origin, spec, runSpec, ownSpec, setUp } = get();
    set({ view: "bench" });
    const isCompared = origin === "compared" && runSpec !== null && isSameExperiment(spec, runSpec);
    if (isCompared && ownSpec !== null) setUp(ownSpec);
    if (get().bench !== null) return;
    try {
      const { createBenchStore } = await import("./bench/bench-store");
      if (get().bench !== null) return;
      const { notify, spec: present } = get();
      set({ bench: createBenchStore({ ...bench, problemStore, notify }, present) });
    } catch (error) {
      get().notify({ tone: "error", ...toErrorData(error) });
    }
  },
});
