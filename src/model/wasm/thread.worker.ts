/** A further thread of the kernels: it works until it is terminated. */
import { instantiate, type ThreadStart } from "./kernels";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

scope.addEventListener("message", ({ data }: MessageEvent<ThreadStart>) => {
  const kernels = instantiate(data.module, data.memory);
  kernels.configure(...data.layout);
  kernels.enter(data.index, data.threads, data.patienceMs);
  scope.postMessage("ready");
  kernels.work();
});
