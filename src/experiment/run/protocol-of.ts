import type { ModelInfo } from "../../core/model";
import { chatProtocol } from "../../core/protocol/chat/read";
import type { StepProtocol } from "../../core/protocol/protocol";
import { tinyProtocol } from "../../core/protocol/tiny";

/** How reasoning steps travel to a model and back. */
export function protocolOf({ protocol = "tiny" }: Pick<ModelInfo, "protocol">): StepProtocol {
  return protocol === "chat" ? chatProtocol : tinyProtocol;
}
