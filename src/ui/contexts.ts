import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { ComparisonState, ComparisonStore } from "../store/compare/state";
import type { LabState, LabStore } from "../store/lab-store";
import type { RunView, RunViewState } from "../store/run/run-view";
import type { TrainState, TrainStore } from "../store/train/state";

/** Hands the store to the components; main.tsx provides it. */
export const LabContext = createContext<LabStore | null>(null);

/** The store itself, for drawings that follow it without rendering. @throws Error outside of the provider. */
export function useLabStore(): LabStore {
  const store = useContext(LabContext);
  if (store === null) throw new Error("There is no store around this component.");
  return store;
}

/** A part of the state; the component renders again when that part changes identity. */
export function useLab<Part>(select: (state: LabState) => Part): Part {
  return useStore(useLabStore(), select);
}

/** Hands the run that they show to the components below; another one around others shows another run beside it. */
export const RunContext = createContext<RunView | null>(null);

/** The view of the run. @throws Error outside of a run. */
export function useRunView(): RunView {
  const view = useContext(RunContext);
  if (view === null) throw new Error("There is no run around this component.");
  return view;
}

/** A part of what is shown of the run; the component renders again when that part changes identity. */
export function useRun<Part>(select: (run: RunViewState) => Part): Part {
  return useStore(useRunView(), select);
}

/** Hands the store of comparisons to the components of their screen. */
export const ComparisonContext = createContext<ComparisonStore | null>(null);

/** The store itself. @throws Error outside of the screen. */
export function useComparisonStore(): ComparisonStore {
  const store = useContext(ComparisonContext);
  if (store === null) throw new Error("There is no store of comparisons around this component.");
  return store;
}

/** A part of its state; the component renders again when that part changes identity. */
export function useComparison<Part>(select: (state: ComparisonState) => Part): Part {
  return useStore(useComparisonStore(), select);
}

/** Hands the store of the Train view to the components of its screen. */
export const TrainContext = createContext<TrainStore | null>(null);

/** The store itself. @throws Error outside of the screen. */
export function useTrainStore(): TrainStore {
  const store = useContext(TrainContext);
  if (store === null) throw new Error("There is no store of the Train view around this component.");
  return store;
}

/** A part of its state; the component renders again when that part changes identity. */
export function useTrain<Part>(select: (state: TrainState) => Part): Part {
  return useStore(useTrainStore(), select);
}
