import { wilsonInterval } from "./stats";

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
