import { chatProtocol } from "../../core/protocol/chat/read";
import type { Prompt } from "../../core/protocol/protocol";
import { tinyProtocol } from "../../core/protocol/tiny";
import type { NodeId } from "../../core/run/events";
import { nodeAt, type RunState, stepsTo, type TreeNode } from "../../core/run/tree";

/** The prompt that a node was drawn from; null for the root. */
export function promptOf(state: RunState, { parent, origin }: TreeNode): Prompt | null {
  const { problem, config, model } = state;
  if (problem === null || parent === null) return null;
  const protocol = model?.protocol === "chat" ? chatProtocol : tinyProtocol;
  if (config?.strategy === "vanilla") return protocol.vanillaPrompt(problem);
  if (origin === "expansion") return protocol.policyPrompt(problem, stepsTo(state, parent), "step");
  return protocol.policyPrompt(problem, stepsTo(state, playoutStart(state, parent)), "path");
}

/** Where a playout began: one completion wrote all the steps from there on. */
function playoutStart(state: RunState, id: NodeId): NodeId {
  const { origin, parent } = nodeAt(state, id);
  return origin === "playout" && parent !== null ? playoutStart(state, parent) : id;
}
