import type { TokenSample } from "../protocol/protocol";
import type { NodeId } from "../run/events";
import { isTerminal, nodeAt, type Tree, type TreeNode } from "../run/tree";

/*
 * Drawing without replacement keeps no state of its own: the search tree, with the tokens of its steps, is the trie of what was
 * drawn (UniqueRandomizer; Shi, Bieber and Sutton 2020, arXiv 2002.09067). So a run that goes on from its log draws what it
 * would have drawn. A request names all that was drawn from its prompt: cheap for the hundreds of samples that a budget of tokens
 * reaches for, not for many thousands. The arithmetic of the remaining mass is the engine's (src/model/decode/without-replacement.ts).
 */

/**
 * What does not come twice where it is drawn without replacement: a next step of the node, a whole rest of its path, or only something in one
 * request (a beam that begins anew at the root may take the steps of the one before).
 */
export type DistinctUnit = "step" | "path" | "request";

/** What was drawn from a node and is not to be drawn again. */
export function drawnBefore(tree: Tree, id: NodeId, unit: DistinctUnit): readonly TokenSample[] {
  switch (unit) {
    case "step":
      return stepsDrawnFrom(tree, id);
    case "path":
      return pathsDrawnBelow(tree, id);
    case "request":
      return [];
  }
}

/** The next steps of a node that were drawn, by expansion or in passing, each in every way it was said. */
export function stepsDrawnFrom(tree: Tree, id: NodeId): readonly TokenSample[] {
  return [...nodeAt(tree, id).children].flatMap((child) => nodeAt(tree, child).samples ?? []);
}

/** The whole paths below a node that were drawn, each to its program or dead end. */
function pathsDrawnBelow(tree: Tree, id: NodeId): readonly TokenSample[] {
  return [...nodeAt(tree, id).children].flatMap((child) => {
    const node = nodeAt(tree, child);
    const own = node.samples ?? [];
    if (isTerminal(node)) return own;
    const rests = pathsDrawnBelow(tree, child);
    return own.flatMap((sample) => rests.map((rest) => joinSamples([sample, rest])));
  });
}

/** Several samples that follow one another as one. */
export function joinSamples(samples: readonly TokenSample[]): TokenSample {
  const drawLogProbs = samples.flatMap((sample) => sample.drawLogProbs ?? []);
  return {
    tokenIds: samples.flatMap(({ tokenIds }) => tokenIds),
    logProbs: samples.flatMap(({ logProbs }) => logProbs),
    ...(samples.every((sample) => sample.drawLogProbs !== undefined) ? { drawLogProbs } : {}),
  };
}

/** Whether a node's step was said in these very tokens before. */
export function hasSample({ samples = [] }: TreeNode, { tokenIds }: TokenSample): boolean {
  return samples.some(
    (known) => known.tokenIds.length === tokenIds.length && known.tokenIds.every((token, i) => token === tokenIds[i]),
  );
}
