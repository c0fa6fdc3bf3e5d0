import type { SearchConfig } from "../config";
import type { Problem, TestCase } from "../problem";
import type { DeadEndReason, Step } from "../step";
import type { TestVerdict } from "../verdict";
import type { Answer, EndReason, ModelInfo, NodeId, Reward, RunMode, TokenCount } from "./events";

/** A node of the search tree: a step, and the statistics of the simulations that went through it. */
export interface TreeNode {
  readonly id: NodeId;
  readonly parent: NodeId | null;
  /** In the order they were added. */
  readonly children: readonly NodeId[];
  /** Null at the root. */
  readonly step: Step | null;
  /** Steps from the root: 0 at the root. */
  readonly depth: number;
  /** N: simulations backed up through this node. */
  readonly visitCount: number;
  /** W: sum of their values. Q = W / N, undefined at N = 0 (see `qValue`). */
  readonly valueSum: number;
  /** How often this very step was drawn from its parent, at least 1. */
  readonly count: number;
  /** P: `count`-weighted share of exp(logProb / tokens) among live siblings; sums to 1 over them. 0 for a dead end, 1 at the root. */
  readonly prior: number;
  readonly logProb: number;
  readonly tokens: number;
  readonly origin: "expansion" | "playout" | "root";
  readonly deadEnd?: DeadEndReason;
  /** Set once a `code` step was judged. */
  readonly reward?: Reward;
  readonly verdicts?: readonly TestVerdict[];
  /** The step scorer's estimate, in [0, 1]. */
  readonly score?: number;
}

/** The state of a run after some of its events; made only by `replay`. */
export interface RunState {
  readonly problem: Problem | null;
  readonly config: SearchConfig | null;
  readonly seed: number;
  readonly mode: RunMode;
  readonly model: ModelInfo | null;
  /** Index = node id. */
  readonly nodes: readonly TreeNode[];
  readonly generatedTests: readonly TestCase[];
  /** Simulations that were backed up. */
  readonly simulations: number;
  readonly tokens: TokenCount;
  /** The path of the newest `selected` event, to show where the search is looking. */
  readonly lastPath: readonly NodeId[];
  /** Where simulation 0 ended, null before that: Pass@1 of sampling strategies is about the first sample. */
  readonly firstLeaf: NodeId | null;
  readonly ended: { readonly reason: EndReason; readonly answer: Answer | null; readonly message?: string } | null;
  /** Null until the run has been scored. */
  readonly hidden: {
    readonly solved: boolean;
    readonly tests: readonly TestCase[];
    readonly verdicts: readonly TestVerdict[];
  } | null;
}
