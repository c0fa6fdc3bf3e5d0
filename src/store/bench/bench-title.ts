import type { BenchSpec } from "../../experiment/bench/spec";
import type { BenchProblems } from "./bench-problems";

const TIERS = { all: "all tiers", described: "described", hinted: "hinted", examples: "examples only" } as const;

/** What a comparison is called: the problems it is about. */
export function benchTitle({ problems }: Pick<BenchSpec, "problems">, { title }: Pick<BenchProblems, "title">): string {
  if (problems.source === "imported") return title;
  const split = problems.split === "test" ? "" : `, ${problems.split}`;
  return `${title}, ${TIERS[problems.tier]}${split}`;
}
