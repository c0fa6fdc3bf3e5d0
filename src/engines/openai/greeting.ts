import type { SampleRequest } from "../../core/protocol/protocol";

/** What an endpoint is asked before anything depends on it: one token. */
export const GREETING: SampleRequest = {
  prompt: [{ role: "user", content: "Are you there?" }],
  count: 1,
  stop: ["\n\n"],
  maxTokens: 1,
  temperature: 0.8,
  topK: 40,
  topP: 0.95,
  seed: 0,
};
