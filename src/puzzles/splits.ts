import { deriveSeed } from "../core/rng";
import { NAMED_ENTRIES } from "./named-list";
import { type Chain, chainKey } from "./operation";

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
