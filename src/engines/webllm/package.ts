import type * as WebLlm from "@mlc-ai/web-llm";

export type {
  AppConfig,
  ChatCompletionChunk,
  ChatCompletionMessageParam,
  ChatCompletionRequestStreaming,
  InitProgressReport,
  LogitProcessor,
  MLCEngineConfig,
  MLCEngineInterface,
  ModelRecord,
} from "@mlc-ai/web-llm";

/** What is used of the package at run time. */
export type WebLlmPackage = Pick<typeof WebLlm, "MLCEngine" | "prebuiltAppConfig" | "ModelType">;

/** What the package knows of models. */
export type ModelLists = Pick<WebLlmPackage, "prebuiltAppConfig" | "ModelType">;

/** Loads `@mlc-ai/web-llm` (7 MB), the only place that does: alias it here to try another version. */
export function importWebLlm(): Promise<WebLlmPackage> {
  return import("@mlc-ai/web-llm");
}
