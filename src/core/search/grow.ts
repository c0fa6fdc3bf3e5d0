import { completedStep } from "../protocol/chat/program";
import type { DrawnStep } from "../protocol/protocol";
import type { NodeId } from "../run/events";
import { nodeAt, type TreeNode } from "../run/tree";
import type { Turn } from "./turn";

/** Whether a drawn step is the one a node holds: same kind, same trimmed text, same way of failing. */
function isSameStep(node: TreeNode, drawn: DrawnStep): boolean {
  return (
    node.step !== null &&
    node.step.kind === drawn.step.kind &&
    node.deadEnd === drawn.deadEnd &&
    node.step.text.trim() === drawn.step.text.trim()
  );
}

/**
 * Puts one drawn step under a node: a new child, or one more draw of an existing one (siblings are merged).
 * `added` tells which.
 */
export function growStep(
  turn: Turn,
  parent: NodeId,
  written: DrawnStep,
  origin: "expansion" | "playout",
): { readonly id: NodeId; readonly added: boolean } {
  const drawn = completedStep(written, turn.problem);
  const same = [...nodeAt(turn.run, parent).children].find((id) => isSameStep(nodeAt(turn.run, id), drawn));
  if (same !== undefined) {
    turn.emit({ type: "nodeMerged", id: same, tokens: drawn.tokens });
    return { id: same, added: false };
  }
  const id = turn.run.nodes.length;
  const { step, tokens, logProb, deadEnd } = drawn;
  turn.emit({
    type: "nodeAdded",
    id,
    parent,
    step,
    tokens,
    logProb,
    origin,
    ...(deadEnd === undefined ? {} : { deadEnd }),
  });
  return { id, added: true };
}

/**
 * Cuts a path at the maximal depth: a step there that is not code becomes a dead end, and takes over what the steps behind it cost.
 * `depth` is the depth of the first step.
 */
export function cutAtDepth(steps: readonly DrawnStep[], depth: number, maxDepth: number): readonly DrawnStep[] {
  const last = steps[maxDepth - depth];
  if (!last || last.deadEnd !== undefined || last.step.kind === "code") return steps.slice(0, maxDepth - depth + 1);
  const rest = steps.slice(maxDepth - depth);
  const tokens = rest.reduce((sum, step) => sum + step.tokens, 0);
  const logProb = rest.reduce((sum, step) => sum + step.logProb, 0);
  return [...steps.slice(0, maxDepth - depth), { step: last.step, tokens, logProb, deadEnd: "max-depth" }];
}
