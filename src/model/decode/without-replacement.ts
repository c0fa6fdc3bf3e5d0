import type { TokenSample } from "../../core/protocol/protocol";
import { NOTHING_GONE, type SharesGone } from "./sampling";

/** What of a drawn sequence its mass is computed from. */
export type DrawnSequence = Pick<TokenSample, "tokenIds" | "logProbs" | "drawLogProbs">;

/** A share from which on nothing counts as left: the rest is what rounding leaves. */
const ALL = 1 - 1e-6;

/** A drawn sequence that the one being written has not left yet. */
interface Companion {
  readonly tokens: readonly number[];
  /** Of each token, the probability of all that follows it in the sequence. */
  readonly tails: Float64Array;
}

/**
 * Incremental sampling without replacement (UniqueRandomizer; Shi, Bieber and Sutton 2020, arXiv 2002.09067): sequences that were drawn
 * have their mass taken off the trie of all sequences, and the next is drawn from what is left, from the top down. With q what one draws
 * from with replacement, of what begins with prefix + c there is gone
 *
 *   the sum over drawn s that begin with prefix + c of the product of q(s_i | s_1 .. s_{i-1}) for i behind c,
 *
 * and c is drawn in proportion to q(c | prefix) * (1 - gone). Only along drawn sequences is there anything to subtract, and what
 * they have from here on says how much: no trie is kept.
 *
 * Exact up to rounding: q comes again from the same logits, and of what is left less than a millionth, nothing is.
 */
export class WhatIsLeft {
  private depth = 0;
  private companions: readonly Companion[];

  /** @param drawn different sequences, each with the log-probability it was drawn at. */
  constructor(drawn: readonly DrawnSequence[]) {
    this.companions = drawn.map(companionOf);
  }

  /** The share that is gone of what begins with each token, behind what is written so far. */
  gone(): SharesGone {
    if (this.companions.length === 0) return NOTHING_GONE;
    const shares = new Map<number, number>();
    for (const { tokens, tails } of this.companions) {
      const token = tokens[this.depth];
      if (token === undefined) continue;
      shares.set(token, (shares.get(token) ?? 0) + (tails[this.depth] ?? 0));
    }
    for (const [token, share] of shares) if (share > ALL) shares.set(token, 1);
    return shares;
  }

  /** Goes on behind a token. */
  append(token: number): void {
    this.companions = this.companions.filter(({ tokens }) => tokens[this.depth] === token);
    this.depth++;
  }
}

function companionOf({ tokenIds, logProbs, drawLogProbs = logProbs }: DrawnSequence): Companion {
  const tails = new Float64Array(tokenIds.length);
  let behind = 0;
  for (let i = tokenIds.length - 1; i >= 0; i--) {
    tails[i] = Math.exp(behind);
    behind += drawLogProbs[i] ?? 0;
  }
  return { tokens: tokenIds, tails };
}
