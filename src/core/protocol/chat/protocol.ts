import type { StepProtocol } from "../protocol";
import { DONE, END } from "./markers";
import { parseCode, parsePath, parseStep } from "./parse";
import { policyPrompt, vanillaPrompt } from "./prompts";

/**
 * The protocol of chat models: a path is one growing conversation, a step is one turn of the model (see templates/ for the words).
 * Reading is tolerant: what stands in a completion decides, not how well it is dressed.
 */
export const chatProtocol: StepProtocol = {
  id: "chat",
  policyPrompt,
  vanillaPrompt,
  stepStop: [END],
  pathStop: [DONE],
  parseStep,
  parsePath,
  parseCode,
};
