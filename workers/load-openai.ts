import type { ModelRef } from "../src/core/model";
import { createOpenAiModel } from "../src/engines/openai/model";
import { relayedFetch } from "../src/engines/openai/relay";
import { createPromptedScorer } from "../src/engines/prompted/scorer";
import { createPromptedTestGenerator } from "../src/engines/prompted/test-generator";
import type { Preparation } from "../src/ports/experiment-runner";
import type { ModelRoles, ModelWorkerOptions } from "../src/rpc/model";

/** A model behind an endpoint. */
export async function loadOpenAi(
  { baseUrl, model }: ModelRef & { readonly engine: "openai" },
  { endpoint }: ModelWorkerOptions,
  report: (preparation: Preparation) => void,
): Promise<ModelRoles> {
  const { relay, ...settings } = endpoint ?? {};
  const sender = relay === undefined ? {} : { fetch: relayedFetch(relay) };
  const policy = await createOpenAiModel({ baseUrl, model, ...settings, ...sender }, report);
  return { policy, testGenerator: createPromptedTestGenerator(policy), scorer: createPromptedScorer(policy) };
}
