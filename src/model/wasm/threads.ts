import type { StartThread, Threading } from "./kernels";

/** Most threads that a model this small gains from. */
const MOST_THREADS = 4;

/** Wall milliseconds that a thread may take to start, or to come to where the others wait for it. */
const PATIENCE_MS = 60_000;

/** One thread, or as many as this machine runs well: at least 2. */
export function threadsHere(isThreaded: boolean): Threading {
  const several = Math.max(2, Math.min(MOST_THREADS, navigator.hardwareConcurrency));
  return { count: isThreaded ? several : 1, start: startThread, patienceMs: PATIENCE_MS };
}

/**
 * Starts a thread in a worker of its own. Until it is ready nothing may be run: whoever runs the kernels blocks, and a
 * worker's script is loaded through the thread that has started it.
 */
const startThread: StartThread = (start, onDeath) => {
  const worker = new Worker(new URL("./thread.worker.ts", import.meta.url), { type: "module", name: "model thread" });
  const ready = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("it takes too long")), start.patienceMs);
    worker.addEventListener("message", () => {
      clearTimeout(late);
      resolve();
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      const why = event.message || "its script did not load";
      onDeath(why);
      reject(new Error(why));
    });
  });
  worker.postMessage(start);
  return { ready, terminate: () => worker.terminate() };
};
