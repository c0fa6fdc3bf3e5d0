import type { NodeId } from "../core/run/events";

/** A label that would like to be drawn beside its node. */
export interface LabelCandidate {
  readonly id: NodeId;
  /** Labels of one lane stand under each other; those of different lanes never meet. */
  readonly lane: number;
  /** Centres of the lines it may stand on, in pixels, the best one first. */
  readonly ys: readonly [number, ...number[]];
  /** Must be drawn if at all possible; higher goes first. 0: an ordinary label. */
  readonly priority: number;
  /** Its node stands too close to others for words: it is drawn only if it has a priority. */
  readonly isCrowded: boolean;
}

/**
 * Chooses labels so that text never overlaps text, and says on which of its lines each stands: by priority, and of equals from
 * top to bottom. Where nodes are crowded, ordinary labels are left out altogether: no words read better than every other one.
 */
export function chooseLabels(candidates: readonly LabelCandidate[], gap: number): Map<NodeId, number> {
  const chosen = new Map<NodeId, number>();
  const lanes = new Map<number, number[]>();
  const wanted = candidates.filter(({ priority, isCrowded }) => priority > 0 || !isCrowded);
  for (const { id, lane, ys } of wanted.sort((a, b) => b.priority - a.priority || a.ys[0] - b.ys[0] || a.id - b.id)) {
    const taken = lanes.get(lane) ?? [];
    const line = ys.findIndex((y) => taken.every((other) => Math.abs(other - y) >= gap));
    const y = ys[line];
    if (y === undefined) continue;
    taken.push(y);
    lanes.set(lane, taken);
    chosen.set(id, line);
  }
  return chosen;
}

/** The ids among nodes (of one column, from top to bottom) that stand less than `gap` pixels from a neighbour. */
export function crowdedNodes(column: readonly { readonly id: NodeId; readonly y: number }[], gap: number): Set<NodeId> {
  const crowded = new Set<NodeId>();
  for (let i = 1; i < column.length; i++) {
    const [above, below] = [column[i - 1], column[i]];
    if (above === undefined || below === undefined || below.y - above.y >= gap) continue;
    crowded.add(above.id);
    crowded.add(below.id);
  }
  return crowded;
}
