import { toErrorData } from "../../core/errors";
import type { CheckpointSlice } from "../setup/checkpoint-slice";
import type { SliceCreator } from "../slice";
import type { ViewSlice } from "../view-slice";
import type { TrainDependencies, TrainStore } from "./state";

/** The way to the Train view, which comes when it is first looked at. */
export interface TrainSlice {
  /** Null until it was first shown. */
  readonly train: TrainStore | null;
  showTrain(): Promise<void>;
}

type Seen = TrainSlice & CheckpointSlice & Pick<ViewSlice, "view" | "notify" | "dismissNotice">;

/** What it needs of the world. */
export interface TrainSliceWorld {
  readonly training: TrainDependencies;
}

export const createTrainSlice: SliceCreator<TrainSlice, Seen, TrainSliceWorld> = (set, get, { training }) => ({
  train: null,
  showTrain: async () => {
    set({ view: "train" });
    if (get().train !== null) return;
    try {
      const { createTrainStore } = await import("./store");
      if (get().train !== null) return;
      const { notify, dismissNotice, loadCheckpoints, importCheckpoint } = get();
      const knownCheckpoints = () => get().checkpoints ?? [];
      const lab = { notify, dismissNotice, loadCheckpoints, importCheckpoint, knownCheckpoints };
      set({ train: createTrainStore({ ...training, ...lab }) });
    } catch (error) {
      get().notify({ tone: "error", ...toErrorData(error) });
    }
  },
});
