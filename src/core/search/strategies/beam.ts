import type { Completion } from "../../protocol/protocol";
import { isTerminal, nodeAt } from "../../run/tree";
import { bestScoredAnswer } from "../answer";
import type { Strategy } from "../search";
import { addDraws, announce, backup, evaluate, expand, IDLE_LIMIT, takeVerdicts } from "../simulation";
import { leafOf, type SearchState, type Simulation } from "../state";

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
  width: ({ tree }) => tree.beamWidth,
  readiness: ({ simulations, idle }) => {
    if (simulations.length > 0) return "busy";
    return idle >= IDLE_LIMIT ? "closed" : "ready";
  },
  move: (search) => advance(search),
  takeDraws: (search, simulation, _, completions) => branchOut(search, simulation, completions),
  takeVerdicts,
  takeScore: (search, simulation, { node }, value) => {
    search.emit({ type: "scored", id: node, value });
    search.markFresh(simulation);
  },
  answer: bestScoredAnswer,
};

/**
 * One step of the beam, once every path under way has its score: the best `beamWidth` stay, the others end with their
 * score as their value. Programs keep their place; when nothing else is left, or no more tokens may be sampled, they
 * are judged.
 */
function advance(search: SearchState): void {
  if (search.simulations.some(({ work }) => work !== null)) return;
  const paths = ranked(search);
  const { beamWidth } = search.config.tree;
  for (const dropped of paths.slice(beamWidth)) backup(search, dropped, scoreOf(search, dropped));
  const kept = paths.slice(0, beamWidth);
  const isProgram = (path: Simulation) => isTerminal(nodeAt(search.tree, leafOf(path)));
  const programs = kept.filter(isProgram);
  const live = kept.filter((path) => !isProgram(path));
  extend(search, live);
  if (live.length > 0 && !search.outOfTokens) return;
  for (const program of programs) evaluate(search, program);
}

/** Better paths first; among equals the one found first. */
function ranked(search: SearchState): readonly Simulation[] {
  return search.simulations.toSorted((a, b) => scoreOf(search, b) - scoreOf(search, a) || leafOf(a) - leafOf(b));
}

/** What the step scorer thinks of the node a path has come to; the root has not been asked about. */
function scoreOf({ tree }: SearchState, path: Simulation): number {
  return nodeAt(tree, leafOf(path)).score ?? 0;
}

/**
 * Draws the next steps of the kept paths. A path branches into as many as it has different next steps, and all paths
 * that were ever begun count against the budget: when that is used up, the kept ones go on with one draw each.
 */
function extend(search: SearchState, live: readonly Simulation[]): void {
  const { budget, tree } = search.config;
  let branches = budget.numSimulations - search.begun;
  for (const path of live) {
    const extra = Math.min(tree.samplesPerExpansion - 1, branches);
    branches -= extra;
    announce(search, path);
    expand(search, path, 1 + extra, "request");
  }
}

/** A path goes on along the first of its next steps, and a new one along each of the others; one that has none is worth 0. */
function branchOut(search: SearchState, trunk: Simulation, completions: readonly Completion[]): void {
  const { path } = trunk;
  const [first, ...others] = addDraws(search, trunk, completions);
  if (first === undefined) {
    backup(search, trunk, 0);
    return;
  }
  const branches = others.map((id) => [search.begin(), id] as const);
  for (const [branch, id] of [[trunk, first] as const, ...branches]) {
    search.lead(branch, [...path, id]);
    search.markFresh(branch, trunk.fresh);
    weigh(search, branch);
  }
}

/** Where one drawn step leads: a dead end is over, a step that was scored before waits, any other is sent to be scored. */
function weigh(search: SearchState, branch: Simulation): void {
  const node = nodeAt(search.tree, leafOf(branch));
  if (node.deadEnd !== undefined) backup(search, branch, 0);
  else if (node.score === undefined) search.score(branch);
}
