/** Wall milliseconds that something takes. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** The median and the 95th percentile of some milliseconds, and how many there are. */
export function quantiles(samples: readonly number[]): {
  readonly p50: number;
  readonly p95: number;
  readonly n: number;
} {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(10 * (sorted[Math.ceil(share * sorted.length) - 1] ?? 0)) / 10;
  return { p50: at(0.5), p95: at(0.95), n: sorted.length };
}
