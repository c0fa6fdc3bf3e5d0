import type { ModelRef } from "../src/core/model";
import { createPromptedScorer } from "../src/engines/prompted/scorer";
import { createPromptedTestGenerator } from "../src/engines/prompted/test-generator";
import { createWebLlmModel } from "../src/engines/webllm/model";
import type { Preparation } from "../src/ports/experiment-runner";
import type { ModelRoles, ModelWorkerOptions } from "../src/rpc/model";

/** A model that WebLLM runs on this machine. */
export async function loadWebLlm(
  { id }: ModelRef & { readonly engine: "webllm" },
  { customModels = [] }: ModelWorkerOptions,
  report: (preparation: Preparation) => void,
): Promise<ModelRoles> {
  const policy = await createWebLlmModel({ id, customModels }, report);
  return { policy, testGenerator: createPromptedTestGenerator(policy), scorer: createPromptedScorer(policy) };
}
