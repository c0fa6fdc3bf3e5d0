import { TIERS, type Tier } from "../core/problem";
import type { Split } from "./splits";

/** Where a generated puzzle stands among all. */
export interface PuzzlePlace {
  readonly split: Split;
  readonly tier: Tier;
  readonly index: number;
  readonly seed: number;
}

/** What puzzle number `index` is called: `test-hinted-12`, with a seed `test-hinted-12-s7`. */
export function puzzleId(split: Split, tier: Tier, index: number, seed = 0): string {
  return `${split}-${tier}-${index}${seed === 0 ? "" : `-s${seed}`}`;
}

const PUZZLE_ID = new RegExp(`^(train|validation|test)-(${TIERS.join("|")})-(\\d{1,10})(?:-s(\\d{1,10}))?$`);

/** What an id names, the inverse of {@link puzzleId}; null when it names none. */
export function parsePuzzleId(id: string): PuzzlePlace | null {
  const [, split, tier, index, seed = 0] = PUZZLE_ID.exec(id) ?? [];
  if (split === undefined) return null;
  return { split: split as Split, tier: tier as Tier, index: Number(index), seed: Number(seed) };
}
