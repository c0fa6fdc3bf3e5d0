/**
 * Reasoning data: what tree search leaves of a training problem, for supervised fine-tuning and process reward models
 * (O1-CODER, section 3.2.3: D_process = {(Q, s_1..j, v_j, C')}).
 */
import type { Problem } from "../problem";
import type { DeadEndReason, Step } from "../step";

/** A step of a searched tree, and what the search and the problem's maker know of it. Its value v_j is W / N (`qValue`). */
export interface ReasoningNode {
  /** Index of its parent among the tree's nodes, less than its own; null where a path begins. */
  readonly parent: number | null;
  readonly step: Step;
  /** N: simulations that went through it. 0 when it was drawn and never visited: it has no value then. */
  readonly visitCount: number;
  /** W: the sum of their rewards, from 0 to N. */
  readonly valueSum: number;
  /** Log-probability of the step under the policy that drew it (temperature 1), at most 0; null when it is not known. */
  readonly logProb: number | null;
  /** The verdict on a program: the share of the problem's tests that it passes; null for what was not judged. */
  readonly pass: number | null;
  /** Set when the completion could not become a step; `step.text` is then raw text. */
  readonly deadEnd?: DeadEndReason;
  /** The mark of validity that the search found: a program at or below this step passes every test. */
  readonly reached: boolean;
  /** Whether the path so far is right, as the problem's maker knows; null where nobody does. For measuring, never for training. */
  readonly exact: boolean | null;
}

/** The tree of one problem. A line of a data set's file. */
export interface ReasoningTree {
  readonly problem: Problem;
  /** Parents before children. */
  readonly nodes: readonly ReasoningNode[];
  /** Sampled tokens that it cost. */
  readonly tokens: number;
}

/** A node and its place in `nodes`. */
export interface PathNode {
  readonly index: number;
  readonly node: ReasoningNode;
}

/** The nodes from the beginning to one, its own included. */
export function pathTo({ nodes }: Pick<ReasoningTree, "nodes">, end: number): readonly PathNode[] {
  const path: PathNode[] = [];
  for (let index: number | null = end; index !== null; ) {
    const node: ReasoningNode | undefined = nodes[index];
    if (!node) break;
    path.push({ index, node });
    index = node.parent;
  }
  return path.reverse();
}

/** s_1..j: the steps from the beginning to a node, its own included. */
export function prefixOf(tree: Pick<ReasoningTree, "nodes">, index: number): readonly Step[] {
  return pathTo(tree, index).map(({ node }) => node.step);
}

/**
 * D+: the paths whose program passes every test, at most `most` with different texts; those whose program was drawn with
 * the highest probability first.
 */
export function passingPaths(tree: ReasoningTree, most: number): readonly (readonly Step[])[] {
  const likely = (index: number) => tree.nodes[index]?.logProb ?? Number.NEGATIVE_INFINITY;
  const passing = [...tree.nodes.keys()].filter((index) => tree.nodes[index]?.pass === 1);
  const paths = new Map<string, readonly Step[]>();
  for (const index of passing.sort((a, b) => likely(b) - likely(a))) {
    const path = prefixOf(tree, index);
    paths.set(JSON.stringify(path), path);
  }
  return [...paths.values()].slice(0, most);
}

/** The paths to a program, passing or not, each as often as it was visited: of a tree of samples, what the policy says unchecked. */
export function sampledPaths(tree: ReasoningTree): readonly (readonly Step[])[] {
  return [...tree.nodes.entries()].flatMap(([index, { pass, visitCount }]) =>
    pass === null ? [] : Array<readonly Step[]>(visitCount).fill(prefixOf(tree, index)),
  );
}

/** Children of the same step (or of none), two or more together: what a pair-wise objective compares. Indices. */
export function siblingGroups({ nodes }: ReasoningTree): readonly (readonly number[])[] {
  const groups = new Map<number | null, number[]>();
  for (const [index, { parent }] of nodes.entries()) groups.set(parent, [...(groups.get(parent) ?? []), index]);
  return [...groups.values()].filter((group) => group.length > 1);
}
