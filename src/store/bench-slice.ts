import { toErrorData } from "../core/errors";
import type { BenchStore } from "./bench/bench-store";
import type { SliceCreator } from "./lab-state";

/** What fills the screen: one run, or a comparison of many. */
export type View = "explorer" | "bench";

/** The way to the comparisons, which come when they are first looked at. */
export interface BenchSlice {
  readonly view: View;
  /** Null until the comparisons were first shown. */
  readonly bench: BenchStore | null;
  showBench(): Promise<void>;
  showExplorer(): void;
}

export const createBenchSlice: SliceCreator<BenchSlice> = (set, get, { bench, problemStore }) => ({
  view: "explorer",
  bench: null,
  showExplorer: () => set({ view: "explorer" }),
  showBench: async () => {
    set({ view: "bench" });
    if (get().bench !== null) return;
    try {
      const { createBenchStore } = await import("./bench/bench-store");
      if (get().bench !== null) return;
      const { notify, spec } = get();
      set({ bench: createBenchStore({ ...bench, problemStore, notify }, spec) });
    } catch (error) {
      get().notify({ tone: "error", ...toErrorData(error) });
    }
  },
});
