import { chatProtocol } from "../core/chat/protocol";
import type { ModelInfo } from "../core/events";
import { tinyProtocol } from "../core/parse";
import type { StepProtocol } from "../core/protocol";

/** How reasoning steps travel to a model and back. */
export function protocolOf({ protocol = "tiny" }: Pick<ModelInfo, "protocol">): StepProtocol {
  return protocol === "chat" ? chatProtocol : tinyProtocol;
}
