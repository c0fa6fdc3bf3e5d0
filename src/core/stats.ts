import { createRandom } from "./rng";

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

/** The difference of two shares of the same things, with its uncertainty. */
export interface Difference {
  /** First share minus second, in [-1, 1]; 0 when n = 0. */
  readonly value: number;
  /** The 95 % interval. */
  readonly ci95: readonly [number, number];
  /** Pairs. */
  readonly n: number;
}

/**
 * How strongly two outcomes go together: Pearson's phi of the table [[both, onlyFirst], [onlySecond, neither]], with
 * Newcombe's continuity correction for positive association; 0 when a margin is empty.
 */
function phi(both: number, onlyFirst: number, onlySecond: number, neither: number): number {
  const n = both + onlyFirst + onlySecond + neither;
  const margins = (both + onlyFirst) * (onlySecond + neither) * (both + onlySecond) * (onlyFirst + neither);
  if (margins === 0) return 0;
  const product = both * neither - onlyFirst * onlySecond;
  return (product > 0 ? Math.max(0, product - n / 2) : product) / Math.sqrt(margins);
}

/**
 * The gain of the first over the second on the same problems, with the 95 % interval from two Wilson intervals and
 * their correlation (Newcombe 1998, Statistics in Medicine 17:2635, method 10). Each pair says whether the first and
 * the second succeeded. [-1, 1] when there is no pair.
 */
export function pairedDifference(pairs: readonly (readonly [first: boolean, second: boolean])[]): Difference {
  const n = pairs.length;
  if (n === 0) return { value: 0, ci95: [-1, 1], n };
  const count = (first: boolean, second: boolean) => pairs.filter(([a, b]) => a === first && b === second).length;
  const [both, onlyFirst, onlySecond] = [count(true, true), count(true, false), count(false, true)];
  const correlation = phi(both, onlyFirst, onlySecond, n - both - onlyFirst - onlySecond);
  const [p1, p2] = [(both + onlyFirst) / n, (both + onlySecond) / n];
  const [low1, high1] = wilsonInterval(both + onlyFirst, n);
  const [low2, high2] = wilsonInterval(both + onlySecond, n);
  const reach = (a: number, b: number) => Math.sqrt(Math.max(0, a * a - 2 * correlation * a * b + b * b));
  const value = (onlyFirst - onlySecond) / n;
  const ci95 = [value - reach(p1 - low1, high2 - p2), value + reach(high1 - p1, p2 - low2)] as const;
  return { value, ci95, n };
}

/**
 * pass@k: the probability that of k samples of a problem at least one passes, without bias from n samples of which `passed` do (Chen
 * et al. 2021, arXiv 2107.03374, eq. 1): 1 - C(n - passed, k) / C(n, k).
 * @throws RangeError unless 1 <= k <= n.
 */
export function passAtK(n: number, passed: number, k: number): number {
  if (k < 1 || k > n) throw new RangeError(`pass@${k} cannot be told from ${n} samples`);
  let noneOfThem = 1;
  for (let i = 0; i < k; i++) noneOfThem *= Math.max(0, n - passed - i) / (n - i);
  return 1 - noneOfThem;
}

/** Two ways on the same problems, of which each problem says who solved it. */
export interface McNemar {
  /** Problems that only the first solves, and only the second. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Two-sided: how likely so uneven a split is if neither is better. 1 when they never differ. */
  readonly p: number;
}

/** McNemar's test in its exact form: the problems on which the two differ are tosses of a fair coin (binomial, two-sided). */
export function mcnemar(pairs: readonly (readonly [first: boolean, second: boolean])[]): McNemar {
  const onlyFirst = pairs.filter(([a, b]) => a && !b).length;
  const onlySecond = pairs.filter(([a, b]) => b && !a).length;
  const n = onlyFirst + onlySecond;
  // Terms C(n, i) / 2^n up to the rarer side, each from the one before.
  let term = -n * Math.LN2;
  let tail = Math.exp(term);
  for (let i = 1; i <= Math.min(onlyFirst, onlySecond); i++) {
    term += Math.log((n - i + 1) / i);
    tail += Math.exp(term);
  }
  return { onlyFirst, onlySecond, p: Math.min(1, 2 * tail) };
}

/** Resamples that an interval is read from. */
const RESAMPLES = 1000;

/**
 * The mean gain of the first over the second on the same problems, each figure in [0, 1], with the percentile interval of 1,000
 * resamples of problems (the paired bootstrap). [-1, 1] when there is no pair.
 */
export function bootstrapDifference(
  pairs: readonly (readonly [first: number, second: number])[],
  seed: number,
): Difference {
  const n = pairs.length;
  if (n === 0) return { value: 0, ci95: [-1, 1], n };
  const gains = pairs.map(([first, second]) => first - second);
  const mean = (weights: Uint32Array) => gains.reduce((sum, gain, i) => sum + (weights[i] ?? 0) * gain, 0) / n;
  const value = mean(new Uint32Array(n).fill(1));
  return { value, ci95: bootstrapInterval(n, mean, seed) ?? [value, value], n };
}

/**
 * The 95 % percentile interval of a statistic of things that come in groups, such as the tests of one problem, which are right or wrong
 * together: 1,000 resamples of whole groups (the cluster bootstrap; Efron and Tibshirani 1993, chapters 8 and 13).
 * @param statistic is told how often each group is in a resample, and gives null where that does not define it.
 * @returns null where no resample does.
 */
export function bootstrapInterval(
  groups: number,
  statistic: (weights: Uint32Array) => number | null,
  seed: number,
): readonly [number, number] | null {
  const random = createRandom(seed);
  const values: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const weights = new Uint32Array(groups);
    for (let draw = 0; draw < groups; draw++) {
      const group = random.int(0, groups - 1);
      weights[group] = (weights[group] ?? 0) + 1;
    }
    const value = statistic(weights);
    if (value !== null) values.push(value);
  }
  const sorted = Float64Array.from(values).sort();
  const quantile = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = [quantile(0.025), quantile(0.975)];
  return low === undefined || high === undefined ? null : [low, high];
}

/**
 * A share of things that come in groups: the sum of the hits over the sum of the totals, with the interval of {@link bootstrapInterval}.
 * 0 and [0, 1] when there is nothing to be a share of; `n` is the sum of the totals.
 */
export function bootstrapRatio(
  groups: readonly { readonly hits: number; readonly total: number }[],
  seed: number,
): Proportion {
  const ratioOf = (weights: Uint32Array): number => {
    const sum = (of: (group: (typeof groups)[number]) => number) =>
      groups.reduce((all, group, index) => all + (weights[index] ?? 0) * of(group), 0);
    const total = sum((group) => group.total);
    return total === 0 ? 0 : sum(({ hits }) => hits) / total;
  };
  const n = groups.reduce((sum, { total }) => sum + total, 0);
  if (n === 0) return { value: 0, ci95: [0, 1], n };
  const value = ratioOf(new Uint32Array(groups.length).fill(1));
  return { value, ci95: bootstrapInterval(groups.length, ratioOf, seed) ?? [value, value], n };
}
