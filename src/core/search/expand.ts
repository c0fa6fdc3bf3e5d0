import type { Completion } from "../protocol/protocol";
import type { NodeId } from "../run/events";
import { nodeAt, stepsTo } from "../run/tree";
import { abandon } from "./backup";
import { tip } from "./evaluate";
import { cutAtDepth, growStep } from "./grow";
import { sampleRequest } from "./request";
import type { Flight } from "./state";
import type { Turn } from "./turn";

/** Asks for the next steps a node may still draw, all in one request (they share its prefill). */
export function expand(turn: Turn, flight: Flight, count: number): void {
  if (turn.outOfTokens) {
    abandon(turn, flight);
    return;
  }
  const node = tip(flight);
  const request = sampleRequest(turn, flight.simulation, node, "expand", count);
  turn.assign(flight, { kind: "sample", node, purpose: "expand", request });
}

/**
 * Puts drawn next steps under the node a flight has come to: the nodes they are, each once, and whether one of them is
 * new.
 */
export function drawSteps(
  turn: Turn,
  flight: Flight,
  completions: readonly Completion[],
): { readonly ids: readonly NodeId[]; readonly fresh: boolean } {
  const node = nodeAt(turn.run, tip(flight));
  const prefix = stepsTo(turn.run, node.id);
  const grown = completions.flatMap((completion) => {
    const drawn = turn.protocol.parseStep(completion, prefix);
    return cutAtDepth([drawn], node.depth + 1, turn.config.tree.maxDepth).map((step) =>
      growStep(turn, node.id, step, "expansion"),
    );
  });
  return { ids: [...new Set(grown.map(({ id }) => id))], fresh: grown.some(({ added }) => added) };
}

/** Adds the drawn next steps to the tree; returns the flight, still at the node it expanded. */
export function absorbExpansion(turn: Turn, flight: Flight, completions: readonly Completion[]): Flight {
  const { fresh } = drawSteps(turn, flight, completions);
  return turn.change(flight, { fresh: flight.fresh || fresh, work: null });
}
