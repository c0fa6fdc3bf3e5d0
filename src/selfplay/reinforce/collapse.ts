/** When a run is to end because there is nothing left to gain from it. */

/** What of each step is watched. */
export interface WatchedStep {
  /** Mean outcome of its paths, in [0, 1]. */
  readonly outcome: number;
  /** Nats per drawn token. */
  readonly entropy: number;
  /** Share of its problems whose paths were all worth the same, in [0, 1]. */
  readonly evenShare: number;
}

/** Why a run ends early: a sentence that names the figure, and what to do. */
export interface Collapse {
  readonly message: string;
  readonly hint: string;
}

/** Steps that are looked at together: one batch of problems is harder than another. */
const WINDOW = 8;

/** A reward has collapsed when it is below this share of the best there was, entropy is gone below this share of the first. */
const LEAST_OUTCOME = 0.5;
const LEAST_ENTROPY = 0.05;

/** What has collapsed after these steps; null when nothing has, or it is too early to say. */
export function collapseOf(steps: readonly WatchedStep[]): Collapse | null {
  if (steps.length < 2 * WINDOW) return null;
  const mean = (figure: keyof WatchedStep, from: number) =>
    steps.slice(from, from + WINDOW).reduce((sum, step) => sum + step[figure], 0) / WINDOW;
  const last = steps.length - WINDOW;
  const outcomes = Array.from({ length: last + 1 }, (_, from) => mean("outcome", from));
  const [best, now] = [Math.max(...outcomes), outcomes[last] ?? 0];
  if (now < LEAST_OUTCOME * best) {
    return {
      message: `The outcome reward has collapsed: of the last ${WINDOW} steps it is ${now.toFixed(3)}, and was ${best.toFixed(3)} at its best.`,
      hint: "The best weights so far are kept; try a lower learning rate or a weight for the divergence.",
    };
  }
  const [first, entropy] = [mean("entropy", 0), mean("entropy", last)];
  if (entropy < LEAST_ENTROPY * first) {
    return {
      message: `Entropy is gone: over the last ${WINDOW} steps it is ${entropy.toPrecision(2)} nats a token, at first it was ${first.toPrecision(2)}.`,
      hint: "The policy draws nothing new any more. The best weights so far are kept; try a lower learning rate.",
    };
  }
  if (steps.slice(-WINDOW).every(({ evenShare }) => evenShare === 1)) {
    return {
      message: `Nothing is left to learn: in the last ${WINDOW} steps all paths of each problem were worth the same.`,
      hint: "Take problems of another tier, or more samples of each.",
    };
  }
  return null;
}
