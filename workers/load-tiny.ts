import { createTinyModel, fetchTinyModel } from "../src/engines/tiny/model";
import { createTinyTestGenerator } from "../src/engines/tiny/test-generator";
import type { Preparation } from "../src/ports/experiment-runner";
import type { ModelRoles, ModelWorkerOptions } from "../src/rpc/model";

/** The tiny model from this app's own folder. */
export async function loadTiny(
  { backend, baseUrl }: ModelWorkerOptions,
  report: (preparation: Preparation) => void,
): Promise<ModelRoles> {
  const files = await fetchTinyModel(new URL("models/tiny/", baseUrl), (fraction) =>
    report({ message: "Loading the model", fraction }),
  );
  report({ message: "Choosing where the model runs", fraction: null });
  const policy = await createTinyModel(files, backend === "auto" ? undefined : backend);
  return { policy, testGenerator: createTinyTestGenerator(policy) };
}
