import type { DeadEndReason, Step } from "../step";
import type { Completion } from "./completion";
import type { DrawnStep } from "./protocol";

/** A step as it was read, and where in the completion's text it begins. */
export interface ReadStep {
  readonly start: number;
  readonly step: Step;
  readonly deadEnd?: DeadEndReason;
}

function total(logProbs: readonly number[]): number {
  return logProbs.reduce((sum, logProb) => sum + logProb, 0);
}

function drawn({ step, deadEnd }: ReadStep, tokens: number, logProb: number): DrawnStep {
  return { step, tokens, logProb, ...(deadEnd === undefined ? {} : { deadEnd }) };
}

/** One step that everything the model said is counted to. */
export function chargeWhole(completion: Completion, read: ReadStep): DrawnStep {
  return drawn(read, completion.tokens, total(completion.logProbs));
}

function byPieces(completion: Completion, reads: readonly ReadStep[]): readonly DrawnStep[] {
  const tokens = reads.map(() => 0);
  const logProbs = reads.map(() => 0);
  let offset = 0;
  let at = 0;
  for (const [index, piece] of completion.pieces.entries()) {
    while (at + 1 < reads.length && offset >= (reads[at + 1]?.start ?? 0)) at++;
    tokens[at] = (tokens[at] ?? 0) + 1;
    logProbs[at] = (logProbs[at] ?? 0) + (completion.logProbs[index] ?? 0);
    offset += piece.length;
  }
  return reads.map((read, index) => drawn(read, tokens[index] ?? 0, logProbs[index] ?? 0));
}

/** Shares are rounded at the borders between steps, so that they add up to the whole. */
function byCharacters(completion: Completion, reads: readonly ReadStep[]): readonly DrawnStep[] {
  const length = Math.max(1, completion.text.length);
  const border = (index: number) => {
    const start = index === 0 ? 0 : (reads[index]?.start ?? length);
    return Math.round((start / length) * completion.tokens);
  };
  return reads.map((read, index) => drawn(read, border(index + 1) - border(index), 0));
}

/**
 * Gives each sampled token to the step in whose text it begins; what comes after the last step is the last step's. Where the model
 * does not tell its tokens, each step gets its share of them by characters, and log-probability 0.
 */
export function charge(completion: Completion, reads: readonly ReadStep[]): readonly DrawnStep[] {
  return completion.pieces.length > 0 ? byPieces(completion, reads) : byCharacters(completion, reads);
}
