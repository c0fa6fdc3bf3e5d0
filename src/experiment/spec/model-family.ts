import { parseModelRef } from "../../core/model";

/**
 * Models that the same settings suit: the tiny one, chat models behind an endpoint, and WebLLM's, which answer one request after
 * another and keep the cache of one growing conversation.
 */
export type ModelFamily = "tiny" | "chat" | "webllm";

/** The family of a model as `formatModelRef` writes it. @throws LabError `input/model`. */
export function familyOf(model: string): ModelFamily {
  const { engine } = parseModelRef(model);
  return engine === "openai" ? "chat" : engine;
}
