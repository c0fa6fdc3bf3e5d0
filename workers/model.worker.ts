import { parseModelRef } from "../src/core/model";
import type { Preparation } from "../src/ports/experiment-runner";
import { createModelService, type ModelRoles, type ModelWorkerOptions } from "../src/rpc/model";
import { startWorker } from "../src/rpc/worker";

/** Each engine is a chunk of its own: no model makes anybody load another one's library. */
async function load(options: ModelWorkerOptions, report: (preparation: Preparation) => void): Promise<ModelRoles> {
  const model = parseModelRef(options.model);
  switch (model.engine) {
    case "tiny":
      return (await import("./load-tiny")).loadTiny(model, options, report);
    case "webllm":
      return (await import("./load-webllm")).loadWebLlm(model, options, report);
    case "openai":
      return (await import("./load-openai")).loadOpenAi(model, options, report);
  }
}

startWorker<ModelWorkerOptions>(async (options, report) => createModelService(await load(options, report)));
