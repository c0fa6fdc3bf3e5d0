/** Trains on the kernels, as `kernel-learner.browser.test.ts` asks: threads may only wait for one another outside of a window. */
import { fetchTestKernels, TEST_CONFIG, testWeights } from "../model/test-fixture";
import type { Threading } from "../model/wasm/kernels";
import { threadsHere } from "../model/wasm/threads";
import { createLearner } from "./learner";
import { languageModel, packed, randomExamples } from "./learner-fixture";
import { ADAMW_DEFAULTS } from "./optimizer";

/** How the threads are: none but one, real ones, or ones that start and then never work. */
export type ThreadsKind = "one" | "several" | "deaf";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

const deaf: Threading = {
  count: 3,
  start: () => ({ ready: Promise.resolve(), terminate: () => {} }),
  patienceMs: 60,
};

async function train(kind: ThreadsKind) {
  const backend = { fetchKernels: fetchTestKernels, threading: kind === "deaf" ? deaf : threadsHere(kind !== "one") };
  const start = { params: testWeights(), first: new Map(), second: new Map() };
  const task = { backend, config: TEST_CONFIG, objective: languageModel, frozen: [], adamw: ADAMW_DEFAULTS };
  const learner = createLearner(task, start);
  const losses: number[] = [];
  for (let i = 1; i <= 10; i++) {
    const batches = [packed(randomExamples(12, i), 4, 32), packed(randomExamples(9, 100 + i), 4, 32)];
    losses.push((await learner.step(batches, 1e-2, i)).loss);
  }
  const state = await learner.state();
  learner.dispose();
  return { losses, state, backend: learner.backend };
}

scope.addEventListener("message", ({ data }: MessageEvent<ThreadsKind>) => {
  train(data).then(
    (result) => scope.postMessage(result),
    (thrown: unknown) => scope.postMessage({ failure: String(thrown) }),
  );
});
