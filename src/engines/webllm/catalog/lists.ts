import { LabError } from "../../../core/errors";
import type { ModelLists } from "../package";

/**
 * What the package knows of models, read in a worker that lives as long as that takes, so that the page does not stop
 * for it.
 * @throws LabError `model/network`
 */
export async function readModelLists(): Promise<ModelLists> {
  const worker = new Worker(new URL("./lists.worker.ts", import.meta.url), { type: "module", name: "model-lists" });
  try {
    const lists = await new Promise<ModelLists | null>((resolve) => {
      worker.addEventListener("message", ({ data }: MessageEvent<ModelLists | null>) => resolve(data));
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        resolve(null);
      });
    });
    if (lists) return lists;
  } finally {
    worker.terminate();
  }
  throw new LabError("model/network", "WebLLM could not be loaded.", "Check the connection, and reload the page.");
}
