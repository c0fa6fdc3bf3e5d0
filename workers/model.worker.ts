import { LabError } from "../src/core/errors";
import type { ModelWorkerOptions } from "../src/rpc/model-service";
import { startWorker } from "../src/rpc/serve";

startWorker<ModelWorkerOptions>(() => {
  throw new LabError("model/no-weights", "The model is not built yet.", "Come back in a few minutes.");
});
