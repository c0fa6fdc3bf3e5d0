import type { Tier } from "../../core/problem";

/** The tiers, from easy to hard. */
export const TIERS: readonly Tier[] = ["described", "hinted", "examples"];

/** How much a statement gives away. */
export const TIER_WORDS: Record<Tier, string> = {
  described: "Described",
  hinted: "Hinted",
  examples: "Examples only",
};
