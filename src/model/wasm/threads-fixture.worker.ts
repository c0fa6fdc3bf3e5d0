/** Generates on the kernels, as `threads.browser.test.ts` asks: threads may only wait for one another outside of a window. */
import { fetchTestKernels, TEST_CONFIG, testWeights } from "../test-fixture";
import type { StartThread } from "./kernels";
import { createKernelModel } from "./model";
import { threadsHere } from "./threads";

/** How the threads are: none but one, real ones, ones that start and then never work, or ones that do not start. */
export type ThreadsKind = "one" | "several" | "deaf" | "missing";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

const deaf: StartThread = () => ({ ready: Promise.resolve(), terminate: () => {} });
const missing: StartThread = () => ({ ready: Promise.reject(new Error("no such script")), terminate: () => {} });

async function generateOn(kind: ThreadsKind) {
  const real = threadsHere(kind !== "one");
  const faults = { deaf: { start: deaf, patienceMs: 60 }, missing: { start: missing } };
  const threading = kind === "deaf" || kind === "missing" ? { ...real, ...faults[kind] } : real;
  const model = await createKernelModel(TEST_CONFIG, testWeights(), fetchTestKernels, threading);
  const sampling = { temperature: 0.9, topK: 0, topP: 1 };
  const requests = [
    { prompt: [3, 1, 4, 1, 5], seeds: [1, 2, 3], stop: new Set<number>(), maxTokens: 40, sampling },
    { prompt: Array.from({ length: 90 }, (_, i) => i % 23), seeds: [4], stop: new Set([7]), maxTokens: 30, sampling },
  ];
  const backends: string[] = [model.backend];
  const results = await model.generate(requests);
  backends.push(model.backend);
  const again = await model.generate(requests);
  model.dispose();
  return { backends, completions: [results, again].map((each) => each.map(({ completions }) => completions)) };
}

scope.addEventListener("message", ({ data }: MessageEvent<ThreadsKind>) => {
  generateOn(data).then(
    (result) => scope.postMessage(result),
    (thrown: unknown) => scope.postMessage({ failure: String(thrown) }),
  );
});
