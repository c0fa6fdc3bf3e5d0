import type { DrawnStep } from "../protocol/protocol";
import type { NodeId } from "../run/events";
import { isTerminal, nodeAt, stepsTo } from "../run/tree";
import type { TestVerdict } from "../verdict";
import { abandon, backup } from "./backup";
import { cutAtDepth, growStep } from "./grow";
import { sampleRequest } from "./request";
import { rewardOf } from "./reward";
import type { Flight } from "./state";
import type { Turn } from "./turn";
import type { ScoreWork } from "./work";

/** The node a flight has come to. */
export function tip(flight: Flight): NodeId {
  return flight.path[flight.path.length - 1] ?? 0;
}

/** Continues a flight's path to the end in one request: a playout, or a whole sample when it starts at the root. */
export function requestRest(turn: Turn, flight: Flight, purpose: "playout" | "code"): void {
  if (turn.outOfTokens) {
    abandon(turn, flight);
    return;
  }
  const node = tip(flight);
  const request = sampleRequest(turn, flight.simulation, node, purpose, 1);
  turn.assign(flight, { kind: "sample", node, purpose, request });
}

/** Adds the rest of a path to the tree, where it stays, and evaluates what it ends in. */
export function absorbRest(turn: Turn, flight: Flight, steps: readonly DrawnStep[]): void {
  const path = [...flight.path];
  let fresh = flight.fresh;
  const depth = nodeAt(turn.run, tip(flight)).depth + 1;
  for (const drawn of cutAtDepth(steps, depth, turn.config.tree.maxDepth)) {
    const grown = growStep(turn, path[path.length - 1] ?? 0, drawn, "playout");
    path.push(grown.id);
    fresh ||= grown.added;
  }
  settle(turn, turn.change(flight, { path, fresh, work: null }));
}

/**
 * Evaluates a terminal node: a dead end is worth 0, a judged program its known reward (at no cost), an unjudged one is sent to be
 * judged. While another flight has it judged, this one waits.
 */
export function settle(turn: Turn, flight: Flight): void {
  const node = nodeAt(turn.run, tip(flight));
  if (node.deadEnd !== undefined) backup(turn, flight, 0);
  else if (node.reward) backup(turn, flight, node.reward.reward);
  else if (turn.others(flight).some(({ work }) => work?.kind === "judge" && work.node === node.id)) return;
  else if (node.step) turn.assign(flight, { kind: "judge", node: node.id, code: node.step.text });
}

/**
 * The value of the node a flight has come to (evaluate): the reward of a program, else a playout to one, or, with
 * `leafValue: "scorer"`, the step scorer's estimate in its place.
 */
export function evaluate(turn: Turn, flight: Flight): void {
  const node = nodeAt(turn.run, tip(flight));
  if (isTerminal(node)) settle(turn, flight);
  else if (turn.config.tree.leafValue === "playout") requestRest(turn, flight, "playout");
  else turn.assign(flight, { kind: "score", node: node.id, steps: stepsTo(turn.run, node.id) });
}

/** Takes in the verdicts on a program. */
export function absorbVerdicts(turn: Turn, flight: Flight, node: NodeId, verdicts: readonly TestVerdict[]): void {
  const reward = rewardOf(verdicts, turn.config.compileWeight);
  turn.emit({ type: "evaluated", id: node, reward, verdicts });
  backup(turn, turn.change(flight, { fresh: true, work: null }), reward.reward);
}

/** Takes in the step scorer's estimate; returns the flight, which waits for nothing. */
export function takeScore(turn: Turn, flight: Flight, node: NodeId, value: number): Flight {
  turn.emit({ type: "scored", id: node, value });
  return turn.change(flight, { fresh: true, work: null });
}

/** Takes in the step scorer's estimate in the place of a playout: it ends the simulation. */
export function absorbScore(turn: Turn, flight: Flight, { node }: ScoreWork, value: number): void {
  backup(turn, takeScore(turn, flight, node, value), value);
}
