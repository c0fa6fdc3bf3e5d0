import type { NodeId } from "../../core/events";
import { pathTo } from "../../core/replay";
import type { RunState } from "../../core/tree";
import type { LabState } from "../../store/lab-state";
import type { Scene } from "../../viz/scene";

const NOWHERE: readonly NodeId[] = [];

/** What the tree drawing shows of the state. */
export function sceneOf({ runId, state, selected }: Pick<LabState, "runId" | "state" | "selected">): Scene {
  return {
    run: runId,
    nodes: state.nodes,
    selected: selected !== null && selected < state.nodes.length ? selected : null,
    answerPath: answerPath(state),
    activePath: state.ended === null ? state.lastPath : NOWHERE,
  };
}

function answerPath(state: RunState): readonly NodeId[] {
  const answer = state.ended?.answer;
  return answer ? pathTo(state, answer.nodeId) : NOWHERE;
}
