import { createStore, type StoreApi } from "zustand/vanilla";
import { createComparisonSlice } from "./compare/slice";
import type { LabDependencies, LabState } from "./lab-state";
import { createRunSlice } from "./run/run-slice";
import { createViewSlice } from "./run/view-slice";
import { createCollectionSlice } from "./setup/collection-slice";
import { createExperimentSlice } from "./setup/experiment-slice";
import { createModelSlice } from "./setup/model-slice";

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
    ...createComparisonSlice(set, get, dependencies),
  }));
}
