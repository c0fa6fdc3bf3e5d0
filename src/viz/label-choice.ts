import type { NodeId } from "../core/events";

/** A label that would like to be drawn, beside its node. */
export interface LabelCandidate {
  readonly id: NodeId;
  readonly column: number;
  /** Centre of its line, in pixels. */
  readonly y: number;
  /** Must be drawn if at all possible; higher goes first. 0: an ordinary label, drawn only where its column has room. */
  readonly priority: number;
}

/**
 * Chooses labels so that text never overlaps text: those with a priority first, then of the others those whose neighbours in
 * the column are at least `gap` pixels away, so that a dense column has no words rather than every other one.
 */
export function chooseLabels(candidates: readonly LabelCandidate[], gap: number): Set<NodeId> {
  const chosen = new Set<NodeId>();
  for (const column of columnsOf(candidates)) {
    const taken: number[] = [];
    const take = (label: LabelCandidate) => {
      if (taken.some((y) => Math.abs(y - label.y) < gap)) return;
      taken.push(label.y);
      chosen.add(label.id);
    };
    const called = column.filter(({ priority }) => priority > 0);
    for (const label of called.sort((a, b) => b.priority - a.priority || a.id - b.id)) take(label);
    column.forEach((label, index) => {
      const above = column[index - 1];
      const below = column[index + 1];
      const isCrowded = (other: LabelCandidate | undefined) => other !== undefined && Math.abs(other.y - label.y) < gap;
      if (label.priority === 0 && !isCrowded(above) && !isCrowded(below)) take(label);
    });
  }
  return chosen;
}

/** The candidates by column, each from top to bottom. */
function columnsOf(candidates: readonly LabelCandidate[]): LabelCandidate[][] {
  const columns = new Map<number, LabelCandidate[]>();
  for (const label of candidates) {
    const column = columns.get(label.column);
    if (column === undefined) columns.set(label.column, [label]);
    else column.push(label);
  }
  return [...columns.values()].map((column) => column.sort((a, b) => a.y - b.y));
}
