import type { Completion } from "../completion";
import { nodeAt, stepsTo } from "../replay";
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

/** Adds the drawn next steps to the tree; returns the flight, still at the node it expanded. */
export function absorbExpansion(turn: Turn, flight: Flight, completions: readonly Completion[]): Flight {
  const node = nodeAt(turn.run, tip(flight));
  const prefix = stepsTo(turn.run, node.id);
  let fresh = flight.fresh;
  for (const completion of completions) {
    const drawn = turn.protocol.parseStep(completion, prefix);
    for (const step of cutAtDepth([drawn], node.depth + 1, turn.config.tree.maxDepth)) {
      fresh = growStep(turn, node.id, step, "expansion").added || fresh;
    }
  }
  return turn.change(flight, { fresh, work: null });
}
