import type { TreeSearchConfig } from "../config";
import type { NodeId } from "../run/events";
import type { RunState, TreeNode } from "../run/tree";
import type { Flight } from "./state";
import { drawAllowance } from "./widening";

/**
 * What a simulation that goes to a node can do there:
 * `ready`: draw, judge, or (with progressive widening) visit once more so that it may draw later;
 * `busy`: nothing until other flights are back; `closed`: nothing, for ever.
 */
export type Reach = "ready" | "busy" | "closed";

/** Virtual visits: how many of these flights are on their way through each node. */
export function virtualVisits(flights: readonly Flight[]): ReadonlyMap<NodeId, number> {
  const visits = new Map<NodeId, number>();
  for (const { path } of flights) for (const id of path) visits.set(id, (visits.get(id) ?? 0) + 1);
  return visits;
}

/** Steps of each node that are being drawn by these flights. A playout draws one next step of the node it starts from. */
export function pendingDraws(flights: readonly Flight[]): ReadonlyMap<NodeId, number> {
  const pending = new Map<NodeId, number>();
  for (const { work } of flights) {
    if (work?.kind === "sample") pending.set(work.node, (pending.get(work.node) ?? 0) + work.request.count);
  }
  return pending;
}

/** The tree as one flight meets it: real statistics plus the virtual visits of the others. */
export class Surroundings {
  private readonly visits: ReadonlyMap<NodeId, number>;
  private readonly pending: ReadonlyMap<NodeId, number>;
  private readonly judged: ReadonlySet<NodeId>;
  private readonly reach = new Map<NodeId, Reach>();

  constructor(
    private readonly run: RunState,
    private readonly config: TreeSearchConfig,
    others: readonly Flight[],
  ) {
    this.visits = virtualVisits(others);
    this.pending = pendingDraws(others);
    this.judged = new Set(others.flatMap(({ work }) => (work?.kind === "judge" ? [work.node] : [])));
  }

  /** N with virtual visits. */
  visitCount(node: TreeNode): number {
    return node.visitCount + (this.visits.get(node.id) ?? 0);
  }

  /** Steps a node may still draw now. */
  missingDraws(node: TreeNode): number {
    const drawn = [...node.children].reduce((sum, id) => sum + (this.run.nodes.get(id)?.count ?? 0), 0);
    return drawAllowance(this.visitCount(node), this.config) - drawn - (this.pending.get(node.id) ?? 0);
  }

  /** Worked out when it is asked for, and once: most of the tree is of no concern to one simulation. */
  at(id: NodeId): Reach {
    const before = this.reach.get(id);
    if (before !== undefined) return before;
    const node = this.run.nodes.get(id);
    const reach = node ? this.reachOf(node) : "closed";
    this.reach.set(id, reach);
    return reach;
  }

  private reachOf(node: TreeNode): Reach {
    if (node.deadEnd !== undefined || node.reward) return "closed";
    if (node.step?.kind === "code") return this.judged.has(node.id) ? "busy" : "ready";
    if (this.missingDraws(node) > 0) return "ready";
    if ([...node.children].some((id) => this.at(id) === "ready")) return "ready";
    if ((this.pending.get(node.id) ?? 0) > 0 || [...node.children].some((id) => this.at(id) === "busy")) return "busy";
    return this.config.widening > 0 ? "ready" : "closed";
  }
}
