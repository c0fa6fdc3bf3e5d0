import { toErrorData } from "../../core/errors";
import { type ModelRef, parseModelRef } from "../../core/model";
import type { CheckpointRecord, CheckpointStore, KeptCheckpoint } from "../../ports/checkpoint-store";
import type { SliceCreator } from "../slice";
import type { ViewSlice } from "../view-slice";
import type { ExperimentSlice } from "./experiment-slice";
import type { Fitted, ModelSlice } from "./model-slice";

/** The checkpoints of this browser. */
export interface CheckpointSlice {
  /** Newest first; null until they were looked up. */
  readonly checkpoints: readonly KeptCheckpoint[] | null;
  loadCheckpoints(): Promise<void>;
  /** Sets the experiment up with a checkpoint in its role, beside what is at work in the other roles. */
  putToWork(record: Pick<CheckpointRecord, "id" | "kind">): Fitted;
}

/** What they need of the world. */
export interface CheckpointSliceWorld {
  readonly checkpoints: Pick<CheckpointStore, "list">;
}

type Seen = CheckpointSlice &
  Pick<ExperimentSlice, "spec"> &
  Pick<ModelSlice, "chooseModel"> &
  Pick<ViewSlice, "notify">;

export const createCheckpointSlice: SliceCreator<CheckpointSlice, Seen, CheckpointSliceWorld> = (
  set,
  get,
  { checkpoints },
) => ({
  checkpoints: null,
  loadCheckpoints: async () => {
    try {
      set({ checkpoints: await checkpoints.list() });
    } catch (error) {
      set({ checkpoints: [] });
      get().notify({ tone: "error", ...toErrorData(error) });
    }
  },
  putToWork: (record) => get().chooseModel(withCheckpoint(parseModelRef(get().spec.model), record)),
});

/** A model with a checkpoint in the role that its kind can play. */
function withCheckpoint(present: ModelRef, { id, kind }: Pick<CheckpointRecord, "id" | "kind">): ModelRef {
  const tiny = present.engine === "tiny" ? present : { engine: "tiny" as const };
  if (kind === "prm") return { ...tiny, scorer: id };
  return kind === "tcg" ? { ...tiny, testGenerator: id } : { ...tiny, checkpoint: id };
}
