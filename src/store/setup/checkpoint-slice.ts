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
  /** Takes the zip of a checkpoint in. @returns its record; null when it cannot be taken, which is told. */
  importCheckpoint(zip: Uint8Array): Promise<CheckpointRecord | null>;
  /** Sets the experiment up with a checkpoint in its role, beside what is at work in the other roles. */
  putToWork(record: Pick<CheckpointRecord, "id" | "kind">): Fitted;
}

/** What they need of the world. */
export interface CheckpointSliceWorld {
  readonly checkpoints: Pick<CheckpointStore, "list" | "put">;
  /** The text of the tiny model's tokenizer.json. */
  readonly tokenizer: () => Promise<string>;
}

type Seen = CheckpointSlice &
  Pick<ExperimentSlice, "spec"> &
  Pick<ModelSlice, "chooseModel"> &
  Pick<ViewSlice, "notify" | "dismissNotice">;

export const createCheckpointSlice: SliceCreator<CheckpointSlice, Seen, CheckpointSliceWorld> = (
  set,
  get,
  { checkpoints, tokenizer },
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
  importCheckpoint: async (zip) => {
    get().dismissNotice();
    try {
      const { readModelFolder, unzipFolder } = await import("../../training/model-folder");
      const { record, file } = await readModelFolder(await unzipFolder(zip), await tokenizer());
      await checkpoints.put(record, new Uint8Array(file));
      await get().loadCheckpoints();
      return record;
    } catch (error) {
      get().notify({ tone: "error", ...toErrorData(error) });
      return null;
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
