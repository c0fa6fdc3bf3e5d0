import type { NodeId } from "../core/events";

/** A label that would like to be drawn. */
export interface LabelCandidate {
  readonly id: NodeId;
  readonly column: number;
  /** Centre of its line, in pixels. */
  readonly y: number;
  /** Higher goes first. */
  readonly priority: number;
}

/** Chooses labels by priority so that none of a column come closer than `gap` pixels: text never overlaps text. */
export function chooseLabels(candidates: readonly LabelCandidate[], gap: number): Set<NodeId> {
  const chosen = new Set<NodeId>();
  const taken = new Map<number, number[]>();
  for (const label of [...candidates].sort((a, b) => b.priority - a.priority || a.id - b.id)) {
    const lines = taken.get(label.column) ?? [];
    if (lines.some((y) => Math.abs(y - label.y) < gap)) continue;
    lines.push(label.y);
    taken.set(label.column, lines);
    chosen.add(label.id);
  }
  return chosen;
}
