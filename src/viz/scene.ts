import type { NodeId } from "../core/run/events";
import type { TreeNode } from "../core/run/tree";

/** What the drawing shows. */
export interface Scene {
  /** Another number means another run: the drawing starts afresh instead of gliding there. */
  readonly run: number;
  readonly nodes: readonly TreeNode[];
  readonly selected: NodeId | null;
  /** The path of the run's answer, root first; empty while there is none. */
  readonly answerPath: readonly NodeId[];
  /** Where the search is looking just now, root first; empty when it is not running. */
  readonly activePath: readonly NodeId[];
}

/** A scene with nothing in it. */
export const EMPTY_SCENE: Scene = { run: 0, nodes: [], selected: null, answerPath: [], activePath: [] };
