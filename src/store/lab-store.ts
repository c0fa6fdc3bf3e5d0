import { createStore, type StoreApi } from "zustand/vanilla";
import { createBenchSlice } from "./bench-slice";
import { createCollectionSlice } from "./collection-slice";
import { createExperimentSlice } from "./experiment-slice";
import type { LabDependencies, LabState } from "./lab-state";
import { createModelSlice } from "./model-slice";
import { createRunSlice } from "./run-slice";
import { createViewSlice } from "./view-slice";

/** The app's store. */
export type LabStore = StoreApi<LabState>;

/** Makes the store: slices that reduce run events and a person's choices, and compute nothing else. */
export function createLabStore(dependencies: LabDependencies): LabStore {
  return createStore<LabState>()((set, get) => ({
    ...createViewSlice(set, get, dependencies),
    ...createExperimentSlice(set, get, dependencies),
    ...createCollectionSlice(set, get, dependencies),
    ...createModelSlice(set, get, dependencies),
    ...createRunSlice(set, get, dependencies),
    ...createBenchSlice(set, get, dependencies),
  }));
}
