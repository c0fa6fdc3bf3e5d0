/** A share with its uncertainty. */
export interface Proportion {
  /** In [0, 1]; 0 when n = 0. */
  readonly value: number;
  /** The 95 % Wilson score interval, both ends in [0, 1]. */
  readonly ci95: readonly [number, number];
  /** How many it is a share of. */
  readonly n: number;
}

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054;

/**
 * The 95 % Wilson score interval of `successes` out of `n` (Wilson 1927): unlike the plain normal one it stays within [0, 1] and is
 * right for few trials and for shares near 0 and 1. [0, 1] when n = 0.
 */
export function wilsonInterval(successes: number, n: number): readonly [number, number] {
  if (n === 0) return [0, 1];
  const p = successes / n;
  const z2 = Z * Z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return [successes === 0 ? 0 : Math.max(0, centre - half), successes === n ? 1 : Math.min(1, centre + half)];
}

/** Pass@1: the share of problems whose one answer passes all hidden tests. */
export function passAt1(solved: readonly boolean[]): Proportion {
  const n = solved.length;
  const successes = solved.filter(Boolean).length;
  return { value: n === 0 ? 0 : successes / n, ci95: wilsonInterval(successes, n), n };
}

/**
 * Pass@k, the unbiased estimate from n samples of which `correct` are right: 1 - C(n - c, k) / C(n, k) (Chen et al. 2021, eq. 1),
 * multiplied out so that no binomial overflows.
 * @throws RangeError unless 0 <= correct <= n and 1 <= k <= n.
 */
export function passAtK(n: number, correct: number, k: number): number {
  if (!(correct >= 0 && correct <= n && k >= 1 && k <= n)) {
    throw new RangeError(`pass@${k} cannot be estimated from ${correct} of ${n} samples.`);
  }
  if (n - correct < k) return 1;
  let allWrong = 1;
  for (let i = n - correct + 1; i <= n; i++) allWrong *= 1 - k / i;
  return 1 - allWrong;
}

/**
 * ASPR, average sampling pass rate (O1-CODER, Table 1): the mean, over problems where the search found a correct path, of
 * the share of fresh samples of the last step from that path's prefix that are correct. Null when there is no such problem.
 * `passShares` are those shares, each in [0, 1].
 */
export function averageSamplingPassRate(passShares: readonly number[]): number | null {
  if (passShares.length === 0) return null;
  return passShares.reduce((sum, share) => sum + share, 0) / passShares.length;
}

/** All sampled tokens, those of unsolved problems included, by the number of solved problems; null when none is solved. */
export function tokensPerSolved(
  outcomes: readonly { readonly solved: boolean; readonly tokens: number }[],
): number | null {
  const solved = outcomes.filter((outcome) => outcome.solved).length;
  return solved === 0 ? null : outcomes.reduce((sum, { tokens }) => sum + tokens, 0) / solved;
}
