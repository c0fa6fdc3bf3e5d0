/** Steps of a wait; each must come on time to count in full. */
const STEPS = 8;

/**
 * Calls back after `ms` wall milliseconds, or later on a slow machine: a step that takes so many times longer than it should counts so
 * many times less, because whoever is waited for got as little to do its work with.
 * @returns ends the wait.
 */
export function patiently(ms: number, then: () => void): () => void {
  const stepMs = ms / STEPS;
  let left = STEPS;
  let timer: ReturnType<typeof setTimeout>;
  const step = () => {
    const since = performance.now();
    timer = setTimeout(() => {
      left -= punctuality(performance.now() - since, stepMs);
      if (left < 0.5) then();
      else step();
    }, stepMs);
  };
  step();
  return () => clearTimeout(timer);
}

/** How much a wait of `ms` that took `tookMs` counts, at most 1. */
export function punctuality(tookMs: number, ms: number): number {
  return ms / Math.max(ms, tookMs);
}
