/**
 * Why a simulation went where it went, found out again from the log: the tree as it was before the choice, and what the selection formula
 * made of each sibling then. What is shown is what the search itself compared, not a copy of its arithmetic.
 */
import type { SearchConfig, SelectionRule } from "../config";
import type { NodeId, RunEvent } from "../run/events";
import { isTerminal, nodeAt, type RunState } from "../run/tree";
import type { Children, Choice } from "./children";
import { explorationAt, SELECTION_FORMULAS } from "./formulas";
import { SearchTree } from "./search-tree";

/** A choice between the children of a node, as the log has it. */
export interface LoggedChoice {
  /** How many events had come before it. */
  readonly position: number;
  /** The simulation that chose, counted from 0. */
  readonly simulation: number;
  readonly parent: NodeId;
  readonly chosen: NodeId;
  /** Paths of the simulations that were under way beside it, each a virtual visit of the nodes on it. */
  readonly others: readonly (readonly NodeId[])[];
}

/** A child as it stood when the choice was made. */
export interface Standing {
  readonly id: NodeId;
  /** N, virtual visits included. */
  readonly visitCount: number;
  /** Q = W / N; undefined before the first visit, which counts as 0 where it is added up. */
  readonly q: number | undefined;
  /** P, in [0, 1]. */
  readonly prior: number;
  /** What the formula adds to Q, at least 0; infinite for an unvisited child under UCT. */
  readonly exploration: number;
  readonly total: number;
  /** Whether it could be chosen: not where nothing new can come of it, where others are at work, or where only unvisited ones counted. */
  readonly isEligible: boolean;
}

/** What decided. */
export interface ExplainedChoice extends LoggedChoice {
  readonly rule: SelectionRule;
  /** c at that simulation, after its schedule. */
  readonly c: number;
  /** N of the parent, virtual visits included. */
  readonly parentVisits: number;
  /** `unvisited`: right after an expansion, among the steps that nobody had visited. */
  readonly among: Choice;
  /** In the order of their ids. */
  readonly standings: readonly Standing[];
  /** Children that were equally attractive, the chosen one among them: chance decided between them. */
  readonly ties: readonly NodeId[];
}

/** The newest choice between the children of `parent` in the first `position` events; null when there was none. */
export function lastChoice(
  events: readonly { readonly event: RunEvent }[],
  position: number,
  parent: NodeId,
): LoggedChoice | null {
  for (let at = Math.min(position, events.length) - 1; at >= 0; at--) {
    const event = events[at]?.event;
    if (event?.type !== "selected") continue;
    const chosen = childOn(event.path, parent);
    if (chosen === undefined) continue;
    const first = firstOf(events, at, event.simulation, parent);
    return {
      position: first,
      simulation: event.simulation,
      parent,
      chosen,
      others: underWay(events, first, event.simulation),
    };
  }
  return null;
}

/** A simulation tells its path again after an expansion: the choice was made when the child first stood on it. */
function firstOf(
  events: readonly { readonly event: RunEvent }[],
  last: number,
  simulation: number,
  parent: NodeId,
): number {
  let first = last;
  for (let at = last; at >= 0; at--) {
    const event = events[at]?.event;
    if (event?.type === "backedUp" && event.simulation === simulation) break;
    if (event?.type !== "selected" || event.simulation !== simulation) continue;
    if (childOn(event.path, parent) === undefined) break;
    first = at;
  }
  return first;
}

function childOn(path: readonly NodeId[], parent: NodeId): NodeId | undefined {
  const index = path.indexOf(parent);
  return index < 0 ? undefined : path[index + 1];
}

/** Where the other simulations were that had begun and were not back. */
function underWay(
  events: readonly { readonly event: RunEvent }[],
  position: number,
  own: number,
): readonly (readonly NodeId[])[] {
  const paths = new Map<number, readonly NodeId[]>();
  for (let at = 0; at < position; at++) {
    const event = events[at]?.event;
    if (event?.type === "selected") paths.set(event.simulation, event.path);
    else if (event?.type === "backedUp") paths.delete(event.simulation);
  }
  paths.delete(own);
  return [...paths.values()];
}

/**
 * What decided a choice.
 * @param before the run as it was at the choice's position.
 * @returns null where no formula chose: another strategy, a run whose settings are not known, a path that was merely played out.
 */
export function explainChoice(logged: LoggedChoice, before: RunState): ExplainedChoice | null {
  const { config } = before;
  const { simulation, parent, chosen, others } = logged;
  if (config === null || config.strategy !== "mcts" || before.nodes.get(chosen) === undefined) return null;
  const tree = new SearchTree(before, config);
  for (const path of others) tree.addVirtualVisits(path);
  const children = tree.childrenOf(parent);
  const parentVisits = tree.visits(parent);
  const c = cAt(config, simulation);
  for (const among of choicesAt(children, tree, parent, chosen)) {
    const ties = children.mostAttractive(among, parentVisits, c).flatMap((index) => children.ids[index] ?? []);
    if (!ties.includes(chosen)) continue;
    const standings = children.ids.map((_, index) => standingOf(children, index, among, config, parentVisits, c));
    return { ...logged, rule: config.tree.selection, c, parentVisits, among, standings, ties };
  }
  return null;
}

/** c at a simulation. */
function cAt({ tree, budget }: SearchConfig, simulation: number): number {
  return explorationAt(tree.schedule, tree.exploration, simulation, budget.numSimulations);
}

/** What a simulation may have chosen among: right after an expansion the unvisited, otherwise what is ready, else what is judged. */
function choicesAt(children: Readonly<Children>, tree: SearchTree, parent: NodeId, chosen: NodeId): readonly Choice[] {
  const isFresh = nodeAt(tree, chosen).visitCount === 0 && !isTerminal(nodeAt(tree, parent));
  const usual: Choice = children.ready > 0 ? "ready" : "judged";
  return isFresh ? [usual, "unvisited"] : [usual];
}

function standingOf(
  children: Readonly<Children>,
  index: number,
  among: Choice,
  { tree }: SearchConfig,
  parentVisits: number,
  c: number,
): Standing {
  const visitCount = children.visits[index] ?? 0;
  const valueSum = children.values[index] ?? 0;
  const weights = children.weights.reduce((sum, weight) => sum + weight, 0);
  const prior = weights > 0 ? (children.weights[index] ?? 0) / weights : 0;
  const formula = SELECTION_FORMULAS[tree.selection];
  const openness = children.openness[index];
  return {
    id: children.ids[index] ?? 0,
    visitCount,
    q: visitCount === 0 ? undefined : valueSum / visitCount,
    prior,
    exploration: formula({ visitCount, valueSum: 0, prior }, parentVisits, c),
    total: formula({ visitCount, valueSum, prior }, parentVisits, c),
    isEligible: among === "unvisited" ? openness === "ready" && visitCount === 0 : openness === among,
  };
}
