import type { ComparisonOutcome } from "./cells";
import { PAPER_SOURCE } from "./paper";
import type { ComparisonSpec } from "./spec";
import { comparisonTable } from "./table";

/**
 * A comparison as JSON: its specification, every outcome, and the table, which `comparisonTable` gives again from the other
 * two. It holds no key, because a specification has no place for one.
 */
export function toJson(spec: ComparisonSpec, outcomes: readonly ComparisonOutcome[], total: number): string {
  const { rows, paper } = comparisonTable(spec, outcomes, total);
  const content = {
    format: "o1-coder-lab/comparison",
    spec,
    total,
    rows,
    outcomes,
    paper: { source: PAPER_SOURCE, rows: paper },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
