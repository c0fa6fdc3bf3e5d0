import type { NodeId } from "../core/run/events";
import { pathTo, type RunState, type TreeNode } from "../core/run/tree";
import { type Colouring, type RunViewState, shownColouring } from "../store/run/run-view";

/** What the drawing shows. */
export interface Scene {
  /** Another number means another run: the drawing starts afresh instead of gliding there. */
  readonly run: number;
  readonly nodes: readonly TreeNode[];
  readonly selected: NodeId | null;
  readonly colouring: Colouring;
  /** The path of the run's answer, root first; empty while there is none. */
  readonly answerPath: readonly NodeId[];
  /** Where the search is looking just now, root first; empty when it is not running. */
  readonly activePath: readonly NodeId[];
}

/** A scene with nothing in it. */
export const EMPTY_SCENE: Scene = {
  ...{ run: 0, nodes: [], selected: null, colouring: "value" },
  ...{ answerPath: [], activePath: [] },
};

const NOWHERE: readonly NodeId[] = [];

/** What the tree drawing shows of a run. */
export function sceneOf(shown: Pick<RunViewState, "runId" | "state" | "selected" | "runSpec" | "colouring">): Scene {
  const { runId, state, selected } = shown;
  return {
    run: runId,
    nodes: [...state.nodes],
    selected: selected !== null && selected < state.nodes.length ? selected : null,
    colouring: shownColouring(shown),
    answerPath: answerPath(state),
    activePath: state.ended === null ? activePath(state) : NOWHERE,
  };
}

/** Down to where the newest simulation went, and on to what it has added there. */
function activePath(state: RunState): readonly NodeId[] {
  const end = state.lastPath.at(-1);
  if (end === undefined) return NOWHERE;
  const newest = pathTo(state, state.nodes.length - 1);
  return newest.includes(end) ? newest : state.lastPath;
}

function answerPath(state: RunState): readonly NodeId[] {
  const answer = state.ended?.answer;
  return answer ? pathTo(state, answer.nodeId) : NOWHERE;
}
