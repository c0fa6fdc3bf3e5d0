import type { CheckpointStore } from "../ports/checkpoint-store";
import { readModel } from "../training/model-file";

/** Puts checkpoints' files, in base64, where the model worker looks for them. @throws LabError `model/*`, `storage/*`. */
export async function keep(store: CheckpointStore, files: readonly string[]): Promise<void> {
  for (const text of files) {
    const file = Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
    await store.put((await readModel(file)).record, file);
  }
}
