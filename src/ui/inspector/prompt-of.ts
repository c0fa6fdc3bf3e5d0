import { chatProtocol } from "../../core/protocol/chat/read";
import type { Prompt } from "../../core/protocol/protocol";
import { tinyProtocol } from "../../core/protocol/tiny";
import type { NodeId } from "../../core/run/events";
import { nodeAt, type RunState, stepsTo, type TreeNode } from "../../core/run/tree";
import { promptFor } from "../../core/search/draw";

/** The prompt that a node was drawn from; null for the root, and where nobody knows: another system made the tree. */
export function promptOf(state: RunState, { parent, origin, step }: TreeNode): Prompt | null {
  const { problem, config, model } = state;
  if (problem === null || config === null || parent === null) return null;
  const protocol = model?.protocol === "chat" ? chatProtocol : tinyProtocol;
  const single = step?.kind === "code" && parent > 0 ? "program" : "expand";
  const purpose = config.strategy === "vanilla" ? "code" : origin === "expansion" ? single : "playout";
  const from = origin === "expansion" ? parent : playoutStart(state, parent);
  return promptFor(protocol, purpose, problem, stepsTo(state, from));
}

/** Where a playout began: one completion wrote all the steps from there on. */
function playoutStart(state: RunState, id: NodeId): NodeId {
  const { origin, parent } = nodeAt(state, id);
  return origin === "playout" && parent !== null ? playoutStart(state, parent) : id;
}
