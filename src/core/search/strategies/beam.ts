import type { Completion } from "../../protocol/protocol";
import { isTerminal, nodeAt, stepsTo } from "../../run/tree";
import { bestScoredAnswer } from "../answer";
import { backup } from "../backup";
import { settle, takeScore, tip } from "../evaluate";
import { drawSteps, expand } from "../expand";
import { announce } from "../select";
import type { Flight } from "../state";
import type { Turn } from "../turn";
import { IDLE_LIMIT } from "./mcts";
import type { Strategy } from "./strategy";

/** What the step scorer thinks of the node a path has come to; the root has not been asked about. */
function scoreOf(turn: Turn, flight: Flight): number {
  return nodeAt(turn.run, tip(flight)).score ?? 0;
}

/** Better paths first; among equals the one found first. */
function ranked(turn: Turn): readonly Flight[] {
  return [...turn.state.flights].sort((a, b) => scoreOf(turn, b) - scoreOf(turn, a) || tip(a) - tip(b));
}

/**
 * Draws the next steps of the kept paths. A path branches into as many as it has different next steps, and all paths
 * that were ever begun count against the budget: when that is used up, the kept ones go on with one draw each.
 */
function extend(turn: Turn, live: readonly Flight[]): void {
  const { budget, tree } = turn.config;
  let branches = budget.numSimulations - turn.state.begun;
  for (const flight of live) {
    const extra = Math.min(tree.samplesPerExpansion - 1, branches);
    branches -= extra;
    announce(turn, flight);
    expand(turn, flight, 1 + extra);
  }
}

/**
 * One step of the beam, once every path under way has its score: the best `beamWidth` stay, the others end with their
 * score as their value. Programs keep their place; when nothing else is left, or no more tokens may be sampled, they
 * are judged.
 */
function advance(turn: Turn): void {
  if (turn.state.flights.some(({ work }) => work !== null)) return;
  const paths = ranked(turn);
  const { beamWidth } = turn.config.tree;
  for (const dropped of paths.slice(beamWidth)) backup(turn, dropped, scoreOf(turn, dropped));
  const kept = paths.slice(0, beamWidth);
  const live = kept.filter((flight) => !isTerminal(nodeAt(turn.run, tip(flight))));
  extend(turn, live);
  if (live.length > 0 && !turn.outOfTokens) return;
  for (const flight of kept.filter((path) => !live.includes(path))) settle(turn, flight);
}

/**
 * Where one drawn step leads: a dead end is over, a step that was scored before waits, any other is sent to be scored.
 */
function weigh(turn: Turn, flight: Flight): void {
  const node = nodeAt(turn.run, tip(flight));
  if (node.deadEnd !== undefined) backup(turn, flight, 0);
  else if (node.score === undefined) {
    turn.assign(flight, { kind: "score", node: node.id, steps: stepsTo(turn.run, node.id) });
  }
}

function absorbSteps(turn: Turn, flight: Flight, completions: readonly Completion[]): void {
  const { ids, fresh } = drawSteps(turn, flight, completions);
  const [first, ...others] = ids;
  if (first === undefined) return;
  const branches = others.map((id) => [turn.begin(), id] as const);
  for (const [branch, id] of [[flight, first] as const, ...branches]) {
    weigh(turn, turn.change(branch, { path: [...flight.path, id], fresh: flight.fresh || fresh, work: null }));
  }
}

/**
 * Step-level beam search by the step scorer (PRM; Snell et al. 2024, arXiv 2408.03314, section 5; Xie et al. 2023,
 * arXiv 2305.00633): every kept path draws `samplesPerExpansion` next steps, all of them are scored, the best
 * `beamWidth` are kept, until all kept are programs. A dead end (the maximal depth is one) is never kept. The programs
 * of the beam are judged; the answer is the one with the highest reward, then the highest score.
 *
 * A simulation is one path: it begins where it branches off and ends when it is dropped (worth its score), in a dead
 * end (0), or with the verdict on its program. When a beam is done and the budget is not, the next begins at the root
 * with new draws.
 */
export const beam: Strategy = {
  chooses: false,
  simulations: ({ budget }) => budget.numSimulations,
  width: ({ tree }) => tree.beamWidth,
  readiness: ({ state }) => {
    if (state.flights.length > 0) return "busy";
    return state.idle >= IDLE_LIMIT ? "closed" : "ready";
  },
  move: (turn) => advance(turn),
  absorb: (turn, flight, _, completions) => absorbSteps(turn, flight, completions),
  absorbScore: (turn, flight, { node }, value) => {
    takeScore(turn, flight, node, value);
  },
  answer: ({ run }) => bestScoredAnswer(run),
};
