import { LabError } from "../src/core/errors";
import type { ModelRef } from "../src/core/model";
import { createTinyModel, fetchTinyModel } from "../src/engines/tiny/model";
import { createTinyTestGenerator } from "../src/engines/tiny/test-generator";
import { fetchKernelsFrom } from "../src/model/wasm/kernels";
import type { Preparation } from "../src/ports/experiment-runner";
import type { ModelRoles, ModelWorkerOptions } from "../src/rpc/model";
import { createBrowserMemory } from "../src/storage/browser-memory";

/** The tiny model from this app's own folder. @throws LabError `model/no-such-checkpoint` for any but the shipped weights. */
export async function loadTiny(
  { checkpoint }: ModelRef & { readonly engine: "tiny" },
  { backend, baseUrl }: ModelWorkerOptions,
  report: (preparation: Preparation) => void,
): Promise<ModelRoles> {
  if (checkpoint !== undefined) {
    throw new LabError(
      "model/no-such-checkpoint",
      `There is no checkpoint ${checkpoint} of the tiny model here.`,
      "Take tiny, the model as it is shipped.",
    );
  }
  const files = await fetchTinyModel(new URL("models/tiny/", baseUrl), (fraction) =>
    report({ message: "Loading the model", fraction }),
  );
  report({ message: "Choosing where the model runs", fraction: null });
  const policy = await createTinyModel(
    files,
    fetchKernelsFrom(new URL("kernels/", baseUrl).href),
    backend === "auto" ? { memory: createBrowserMemory(), version: import.meta.env.APP_VERSION } : backend,
  );
  return { policy, testGenerator: createTinyTestGenerator(policy), weights: policy };
}
