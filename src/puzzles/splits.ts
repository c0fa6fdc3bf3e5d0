import type { Tier } from "../core/problem";
import { deriveSeed } from "../core/rng";
import { type Chain, chainKey } from "./chain";

/** A puzzle chosen by hand: its title and the chain behind it. */
export interface NamedEntry {
  readonly title: string;
  /** See `chainKey`. */
  readonly chain: string;
  readonly tier: Tier;
}

/** The hand-written set. Its chains belong to the test split, whatever their hash. */
export const NAMED_ENTRIES: readonly NamedEntry[] = [
  { title: "Even Steven", chain: "even|multiply:2", tier: "described" },
  { title: "Odd Squad", chain: "odd|square", tier: "described" },
  { title: "Podium Finish", chain: "descending|take:3", tier: "described" },
  { title: "Mirror, Mirror", chain: "reverse|negate", tier: "described" },
  { title: "Staircase", chain: "ascending|differences", tier: "described" },
  { title: "Snowball", chain: "multiply:2|running-sum", tier: "described" },
  { title: "High-Water Mark", chain: "running-max|squeeze", tier: "described" },
  { title: "Half Measures", chain: "halve|unique", tier: "described" },
  { title: "Square Deal", chain: "square|above:6", tier: "described" },
  { title: "Musical Chairs", chain: "rotate|drop:1", tier: "described" },
  { title: "Every Other Day", chain: "alternate|add:1", tier: "described" },
  { title: "Speed Limit", chain: "odd|cap:5|sum", tier: "described" },
  { title: "Safety Net", chain: "floor:3|ascending", tier: "described" },
  { title: "Tax Season", chain: "subtract:2|above:2|sum", tier: "described" },
  { title: "Twins Apart", chain: "unique|differences", tier: "described" },
  { title: "Double or Nothing", chain: "multiply:2|above:6", tier: "described" },
  { title: "Short Straw", chain: "odd|add:3|smallest", tier: "described" },
  { title: "Head and Shoulders", chain: "even|add:1|largest", tier: "described" },
  { title: "Ups and Downs", chain: "differences|negate", tier: "described" },
  { title: "Rewind the Tape", chain: "running-sum|reverse", tier: "described" },
  { title: "Trim the Hedge", chain: "trim:1|ascending", tier: "described" },
  { title: "Second Wind", chain: "drop:2|multiply:2", tier: "described" },
  { title: "Small Fry", chain: "below:5|reverse", tier: "described" },
  { title: "Triple Threat", chain: "divisible:3|square", tier: "described" },
  { title: "Last Call", chain: "last:3|reverse", tier: "described" },
  { title: "Echo Chamber", chain: "squeeze|running-sum", tier: "described" },
  { title: "Penny Pincher", chain: "halve|running-sum|last:2", tier: "described" },
  { title: "Clean Sweep", chain: "even|unique|ascending", tier: "described" },
  { title: "Stocktaking", chain: "above:3|unique|count", tier: "described" },
  { title: "Grand Tour", chain: "odd|add:2|multiply:2|descending", tier: "described" },
  { title: "Marathon", chain: "add:1|running-sum|alternate|reverse", tier: "described" },
  { title: "Missing Link", chain: "reverse|add:4", tier: "hinted" },
  { title: "Smudged Ink", chain: "above:4|multiply:3", tier: "hinted" },
  { title: "Torn Page", chain: "ascending|drop:2", tier: "hinted" },
  { title: "Redacted", chain: "odd|subtract:1", tier: "hinted" },
  { title: "The Blank Tile", chain: "unique|descending|take:3", tier: "hinted" },
  { title: "Static on the Line", chain: "square|running-sum", tier: "hinted" },
  { title: "Double Blind", chain: "even|add:1|descending", tier: "two-hidden" },
  { title: "Lost in Translation", chain: "above:3|add:3|reverse", tier: "two-hidden" },
  { title: "Two Blots", chain: "differences|multiply:3|reverse", tier: "two-hidden" },
  { title: "Burnt Recipe", chain: "halve|rotate|drop:2", tier: "two-hidden" },
  { title: "Half a Map", chain: "odd|multiply:3|drop:2|reverse", tier: "two-hidden" },
  { title: "Black Box", chain: "multiply:2|reverse", tier: "examples" },
  { title: "Silent Movie", chain: "even|ascending", tier: "examples" },
  { title: "Poker Face", chain: "drop:1|add:1", tier: "examples" },
];

/** The id of a titled puzzle: `Mirror, Mirror` -> `mirror-mirror`. */
export function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** Disjoint parts of the puzzle world. Models may be trained on `train` only. */
export type Split = "train" | "validation" | "test";

/** Of every 100 chains, this many are test and this many validation; the rest is training. */
const TEST_SHARE = 10;
const VALIDATION_SHARE = 5;

const NAMED_CHAINS: ReadonlySet<string> = new Set(NAMED_ENTRIES.map((entry) => entry.chain));

/** The split a chain belongs to, decided by a hash of its operations and arguments, never by a seed; named puzzles are test. */
export function splitOf(chain: Chain): Split {
  const key = chainKey(chain);
  if (NAMED_CHAINS.has(key)) return "test";
  const bucket = (deriveSeed("split", key) >>> 0) % 100;
  if (bucket < TEST_SHARE) return "test";
  return bucket < TEST_SHARE + VALIDATION_SHARE ? "validation" : "train";
}
