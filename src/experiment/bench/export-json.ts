import type { BenchOutcome } from "./cells";
import { PAPER_SOURCE } from "./paper";
import type { BenchSpec } from "./spec";
import { benchTable } from "./table";

/**
 * A comparison as JSON: its specification, every outcome, and the table, which `benchTable` gives again from the other
 * two. It holds no key, because a specification has no place for one.
 */
export function toJson(spec: BenchSpec, outcomes: readonly BenchOutcome[], total: number): string {
  const { rows, paper } = benchTable(spec, outcomes, total);
  const content = {
    format: "o1-coder-lab/bench",
    spec,
    total,
    rows,
    outcomes,
    paper: { source: PAPER_SOURCE, rows: paper },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
