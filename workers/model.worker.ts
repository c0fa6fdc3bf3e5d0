import { fetchTinyModel } from "../src/engines/tiny/files";
import { createTinyModel } from "../src/engines/tiny/model";
import { createTinyTestGenerator } from "../src/engines/tiny/test-generator";
import { createModelService, type ModelWorkerOptions } from "../src/rpc/model-service";
import { startWorker } from "../src/rpc/serve";

startWorker<ModelWorkerOptions>(async ({ backend, baseUrl }, report) => {
  const files = await fetchTinyModel(new URL("models/tiny/", baseUrl), (fraction) =>
    report({ message: "Loading the model", fraction }),
  );
  report({ message: "Choosing where the model runs", fraction: null });
  const model = await createTinyModel(files, backend === "auto" ? undefined : backend);
  return createModelService(model, createTinyTestGenerator(model));
});
