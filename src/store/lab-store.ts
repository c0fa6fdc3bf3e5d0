import { createStore, type StoreApi } from "zustand/vanilla";
import { type ComparisonSlice, type ComparisonSliceWorld, createComparisonSlice } from "./compare/slice";
import { createExplorerSlice, type ExplorerSlice } from "./run/explorer-slice";
import type { RunViewWorld } from "./run/run-view";
import { type CheckpointSlice, type CheckpointSliceWorld, createCheckpointSlice } from "./setup/checkpoint-slice";
import { type CollectionSlice, type CollectionWorld, createCollectionSlice } from "./setup/collection-slice";
import { createExperimentSlice, type ExperimentSlice, type ExperimentWorld } from "./setup/experiment-slice";
import { createModelSlice, type ModelSlice, type ModelWorld } from "./setup/model-slice";
import { createTrainSlice, type TrainSlice, type TrainSliceWorld } from "./train/slice";
import { createViewSlice, type ViewSlice } from "./view-slice";

/** The whole state of the app. */
export type LabState = ViewSlice &
  ExperimentSlice &
  CollectionSlice &
  ModelSlice &
  CheckpointSlice &
  ExplorerSlice &
  ComparisonSlice &
  TrainSlice;

/** What the store needs of the world; chosen in main.tsx. */
export type LabWorld = ExperimentWorld &
  CollectionWorld &
  ModelWorld &
  CheckpointSliceWorld &
  RunViewWorld &
  ComparisonSliceWorld &
  TrainSliceWorld;

/** The app's store. */
export type LabStore = StoreApi<LabState>;

/** Makes the store: slices that hold a person's choices and the shown run, and compute nothing else. */
export function createLabStore(world: LabWorld): LabStore {
  return createStore<LabState>()((set, get) => ({
    ...createViewSlice(set, get, world),
    ...createExperimentSlice(set, get, world),
    ...createCollectionSlice(set, get, world),
    ...createModelSlice(set, get, world),
    ...createCheckpointSlice(set, get, world),
    ...createExplorerSlice(set, get, world),
    ...createComparisonSlice(set, get, world),
    ...createTrainSlice(set, get, world),
  }));
}
