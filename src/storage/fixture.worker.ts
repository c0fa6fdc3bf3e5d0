import { LabDatabase } from "./database";
import { IndexedProblemStore } from "./problems";

/** For tests: finds a problem in a worker and posts it. */
self.addEventListener("message", async ({ data }: MessageEvent<{ name: string; collection: string; id: string }>) => {
  const store = new IndexedProblemStore(new LabDatabase(data.name));
  self.postMessage(await store.find(data.collection, data.id));
});
