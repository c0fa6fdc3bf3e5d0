import type { SearchConfig } from "../config";
import type { ModelInfo } from "../model";
import type { Problem, TestCase } from "../problem";
import type { TokenSample } from "../protocol/protocol";
import { type AnyStep, type DeadEndReason, isStep, type Step } from "../step";
import type { TestVerdict } from "../verdict";
import type { Answer, EndReason, Finalist, NodeId, Reward, RunMode, SecondLook, TokenCount } from "./events";
import type { Indexed, Vector } from "./vector";

/** A node of the search tree: a step, and the statistics of the simulations that went through it. */
export interface TreeNode {
  readonly id: NodeId;
  readonly parent: NodeId | null;
  /** In the order they were added. */
  readonly children: Vector<NodeId>;
  /** Null at the root. */
  readonly step: AnyStep | null;
  /** Steps from the root: 0 at the root. */
  readonly depth: number;
  /** N: simulations backed up through this node. */
  readonly visitCount: number;
  /** W: sum of their values. Q = W / N, undefined at N = 0 (see `qValue`). */
  readonly valueSum: number;
  /** How often this very step was drawn from its parent, at least 1. */
  readonly count: number;
  /** Null when it is not known. */
  readonly logProb: number | null;
  /** Of how many of its tokens that is known, where it is not all. */
  readonly toldTokens?: number;
  readonly tokens: number;
  readonly origin: "expansion" | "playout" | "root";
  readonly deadEnd?: DeadEndReason;
  /** Set once a `code` step was judged. */
  readonly reward?: Reward;
  readonly verdicts?: readonly TestVerdict[];
  /** The step scorer's estimate, in [0, 1]. */
  readonly score?: number;
  /** The tokens that said this step, where the log has them: different ones, which may read the same. */
  readonly samples?: readonly TokenSample[];
  /** Set once the policy, drawing without replacement, has nothing left to say after this node. */
  readonly isExhausted?: true;
}

/** The state of a run after some of its events; made only by `replay`. */
export interface RunState {
  readonly problem: Problem | null;
  /** Null before the start, and where it is not known. */
  readonly config: SearchConfig | null;
  readonly seed: number;
  readonly mode: RunMode;
  readonly model: ModelInfo | null;
  /** Index = node id. */
  readonly nodes: Vector<TreeNode>;
  readonly generatedTests: readonly TestCase[];
  /** Simulations that were backed up. */
  readonly simulations: number;
  readonly tokens: TokenCount;
  /** The path of the newest `selected` event, to show where the search is looking. */
  readonly lastPath: readonly NodeId[];
  /** Where simulation 0 ended, null before that: Pass@1 of sampling strategies is about the first sample. */
  readonly firstLeaf: NodeId | null;
  readonly ended: { readonly reason: EndReason; readonly answer: Answer | null; readonly message?: string } | null;
  /** Null unless the answer was chosen anew after the search. */
  readonly finalists: {
    readonly by: SecondLook;
    /** The answer first. */
    readonly all: readonly Finalist[];
    /** Tests that were written to tell them apart; they stand at the end of `generatedTests`. */
    readonly tests: number;
  } | null;
  /** Null until the run has been scored. */
  readonly hidden: {
    readonly solved: boolean;
    readonly tests: readonly TestCase[];
    readonly verdicts: readonly TestVerdict[];
  } | null;
}

/** A tree that can be asked for its nodes: a state, or one that is being folded. */
export interface Tree {
  /** Index = node id. */
  readonly nodes: Indexed<TreeNode>;
}

/** @throws RangeError when no event has added such a node: a log that speaks of it is corrupt. */
export function nodeAt({ nodes }: Tree, id: NodeId): TreeNode {
  const node = nodes.get(id);
  if (!node) throw new RangeError(`The run has no node ${id}: its log is incomplete or out of order.`);
  return node;
}

/** Q = W / N, in [0, 1] where a search here made the tree; undefined at N = 0 (a node that was drawn but never visited has no value yet). */
export function qValue(node: Pick<TreeNode, "visitCount" | "valueSum">): number | undefined {
  return node.visitCount === 0 ? undefined : node.valueSum / node.visitCount;
}

/** The ids from the root to a node, both included. */
export function pathTo(tree: Tree, id: NodeId): readonly NodeId[] {
  const path: NodeId[] = [];
  for (let at: NodeId | null = id; at !== null; at = nodeAt(tree, at).parent) path.push(at);
  return path.reverse();
}

/** The steps from the root to a node, its own included, those of other systems left out; empty for the root. */
export function stepsTo(tree: Tree, id: NodeId): readonly Step[] {
  return pathTo(tree, id)
    .map((at) => nodeAt(tree, at).step)
    .filter((step) => step !== null && isStep(step));
}

/** Whether no step can follow: a program, or a dead end. */
export function isTerminal(node: Pick<TreeNode, "step" | "deadEnd">): boolean {
  return node.deadEnd !== undefined || node.step?.kind === "code";
}
