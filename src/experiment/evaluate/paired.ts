import { bootstrapDifference, type Difference, type McNemar, mcnemar } from "../../core/stats";

/** Two evaluations, problem by problem. */
export interface Paired {
  /** The mean gain of the first over the second on the problems that both have, with the paired bootstrap's interval. */
  readonly gain: Difference;
  /** McNemar's test, where every problem was solved or not; null for shares, or means of several runs. */
  readonly test: McNemar | null;
}

/**
 * Compares two evaluations on the problems that both have. A problem of several runs counts once, with the mean of them.
 * @param figure what a problem came to, in [0, 1].
 * @param seed of the bootstrap.
 */
export function pairedComparison<T extends { readonly id: string }>(
  first: readonly T[],
  second: readonly T[],
  figure: (outcome: T) => number,
  seed: number,
): Paired {
  const [ours, theirs] = [means(first, figure), means(second, figure)];
  const pairs = [...ours].flatMap(([id, value]): readonly (readonly [number, number])[] => {
    const other = theirs.get(id);
    return other === undefined ? [] : [[value, other]];
  });
  const isBinary = pairs.flat().every((value) => value === 0 || value === 1);
  return {
    gain: bootstrapDifference(pairs, seed),
    test: isBinary ? mcnemar(pairs.map(([a, b]) => [a === 1, b === 1])) : null,
  };
}

/** The mean figure of each problem. */
function means<T extends { readonly id: string }>(
  outcomes: readonly T[],
  figure: (outcome: T) => number,
): ReadonlyMap<string, number> {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const outcome of outcomes) {
    const { sum, count } = sums.get(outcome.id) ?? { sum: 0, count: 0 };
    sums.set(outcome.id, { sum: sum + figure(outcome), count: count + 1 });
  }
  return new Map([...sums].map(([id, { sum, count }]) => [id, sum / count]));
}
