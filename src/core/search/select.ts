import { createRandom, deriveSeed } from "../rng";
import type { NodeId } from "../run/events";
import { isTerminal, nodeAt, type TreeNode } from "../run/tree";
import { backup } from "./backup";
import { evaluate, tip } from "./evaluate";
import { expand } from "./expand";
import { priorsUnder } from "./prior";
import { Surroundings } from "./reach";
import { explorationAt, SELECTION_FORMULAS } from "./selection";
import type { Flight } from "./state";
import type { Turn } from "./turn";

/** The tree around a flight, or around one that has not begun. */
export function surroundings(turn: Turn, flight: Flight | null): Surroundings {
  return new Surroundings(turn.run, turn.config.tree, turn.others(flight));
}

/** The most attractive of these children by the configured formula; chance, seeded, decides between equals. */
export function pickChild(
  turn: Turn,
  around: Surroundings,
  simulation: number,
  parent: TreeNode,
  children: readonly TreeNode[],
): NodeId {
  const { tree, budget } = turn.config;
  const c = explorationAt(tree.schedule, tree.exploration, simulation, budget.numSimulations);
  const formula = SELECTION_FORMULAS[tree.selection];
  const parentVisits = around.visitCount(parent);
  const priors = priorsUnder(turn.run, parent);
  const values = children.map((child) =>
    formula(
      { visitCount: around.visitCount(child), valueSum: child.valueSum, prior: priors.get(child.id) ?? 0 },
      parentVisits,
      c,
    ),
  );
  const best = Math.max(...values);
  const ties = children.filter((_, index) => values[index] === best);
  return createRandom(deriveSeed(turn.run.seed, "select", simulation, parent.id)).pick(ties).id;
}

/** Children a simulation may go to: those where something can be done, else judged programs (a visit costs no token). */
function openChildren(turn: Turn, around: Surroundings, node: TreeNode): readonly TreeNode[] {
  const children = [...node.children].map((id) => nodeAt(turn.run, id));
  const ready = children.filter((child) => around.at(child.id) === "ready");
  if (ready.length > 0) return ready;
  if (children.some((child) => around.at(child.id) === "busy")) return [];
  return children.filter((child) => child.reward !== undefined);
}

/**
 * Goes down from where a flight is (select) to the first node that may still draw, which it expands, or to a program, which it
 * evaluates. A flight that finds every way busy stays where it is and is tried again on the next turn. A node that has nothing but dead
 * ends is worth 0.
 */
export function descend(turn: Turn, flight: Flight): void {
  const around = surroundings(turn, flight);
  const path = [...flight.path];
  for (;;) {
    const node = nodeAt(turn.run, path[path.length - 1] ?? 0);
    const missing = isTerminal(node) ? 0 : around.missingDraws(node);
    const children = missing > 0 || isTerminal(node) ? [] : openChildren(turn, around, node);
    if (children.length > 0) {
      path.push(pickChild(turn, around, flight.simulation, node, children));
      continue;
    }
    const moved = turn.change(flight, { path, work: null });
    if (missing <= 0 && !isTerminal(node) && around.at(node.id) === "busy") return;
    announce(turn, moved);
    if (missing > 0) expand(turn, moved, missing);
    else if (isTerminal(node)) evaluate(turn, moved);
    else backup(turn, moved, 0);
    return;
  }
}

/** Tells the log where a simulation is. */
export function announce(turn: Turn, flight: Flight): void {
  turn.emit({ type: "selected", simulation: flight.simulation, path: flight.path });
}

/** After an expansion: goes to a child nobody has visited and evaluates it; when there is none (all were drawn before), on down. */
export function goOn(turn: Turn, flight: Flight): void {
  const around = surroundings(turn, flight);
  const node = nodeAt(turn.run, tip(flight));
  const unvisited = [...node.children]
    .map((id) => nodeAt(turn.run, id))
    .filter((child) => around.visitCount(child) === 0 && around.at(child.id) === "ready");
  if (unvisited.length === 0) {
    descend(turn, flight);
    return;
  }
  const chosen = pickChild(turn, around, flight.simulation, node, unvisited);
  const moved = turn.change(flight, { path: [...flight.path, chosen], work: null });
  announce(turn, moved);
  evaluate(turn, moved);
}
