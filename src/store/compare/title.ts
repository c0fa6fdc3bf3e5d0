import type { ComparisonProblems } from "../../experiment/compare/problems";
import type { ComparisonSpec } from "../../experiment/compare/spec";

const TIERS = { all: "all tiers", described: "described", hinted: "hinted", examples: "examples only" } as const;

/** What a comparison is called: the problems it is about. */
export function comparisonTitle(
  { problems }: Pick<ComparisonSpec, "problems">,
  { title }: Pick<ComparisonProblems, "title">,
): string {
  if (problems.source === "imported") return title;
  const split = problems.split === "test" ? "" : `, ${problems.split}`;
  return `${title}, ${TIERS[problems.tier]}${split}`;
}
