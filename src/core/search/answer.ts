import type { Answer, NodeId } from "../events";
import { nodeAt, qValue } from "../replay";
import { generatedPassShare } from "../reward";
import type { RunState, TreeNode } from "../tree";

/** A judged program, and the draws that agree with it. */
interface Candidate {
  readonly node: TreeNode;
  readonly code: string;
}

function candidates(run: RunState): readonly Candidate[] {
  return run.nodes.flatMap((node) =>
    node.reward && node.step?.kind === "code" && node.deadEnd === undefined ? [{ node, code: node.step.text }] : [],
  );
}

/** What a program did on every test it was judged on: programs that cannot be told apart by the tests have the same text here. */
function behaviour(node: TreeNode): string {
  return JSON.stringify(node.verdicts?.map(({ kind, index, verdict, got }) => [kind, index, verdict, got]));
}

/** How many draws fell on each value of `key`. */
function countDraws(all: readonly Candidate[], key: (candidate: Candidate) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const candidate of all) {
    counts.set(key(candidate), (counts.get(key(candidate)) ?? 0) + candidate.node.count);
  }
  return counts;
}

function parentValue(run: RunState, node: TreeNode): number {
  return (node.parent === null ? undefined : qValue(nodeAt(run, node.parent))) ?? 0;
}

/** The first difference of two rankings, larger being better. */
function compareRanks(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, i) => value !== b[i]);
  return index < 0 ? 0 : (b[index] ?? 0) - (a[index] ?? 0);
}

/**
 * The program to answer with: the highest reward; among equals the larger share of generated tests passed (a generated test
 * may be wrong, about half of the tiny model's are, so they decide nothing but ties), then the more common behaviour (draws
 * of programs with the same results on all tests; AlphaCode clusters alike), then the more common text, then the larger Q of its
 * parent, then the first found. Null when nothing was judged.
 */
export function bestAnswer(run: RunState): Answer | null {
  const all = candidates(run);
  const behaviours = countDraws(all, ({ node }) => behaviour(node));
  const texts = countDraws(all, ({ code }) => code);
  const ranked = all.map(({ node, code }) => ({
    answer: { nodeId: node.id, code },
    rank: [
      node.reward?.reward ?? 0,
      generatedPassShare(node.verdicts ?? []),
      behaviours.get(behaviour(node)) ?? 0,
      texts.get(code) ?? 0,
      parentValue(run, node),
      -node.id,
    ],
  }));
  return ranked.sort((a, b) => compareRanks(a.rank, b.rank))[0]?.answer ?? null;
}

/** The program a path ends in; null when it is a dead end or was not judged. */
export function answerAt(run: RunState, leaf: NodeId | null): Answer | null {
  if (leaf === null) return null;
  return (
    candidates(run)
      .filter(({ node }) => node.id === leaf)
      .map(({ node, code }): Answer => ({ nodeId: node.id, code }))
      .at(0) ?? null
  );
}
