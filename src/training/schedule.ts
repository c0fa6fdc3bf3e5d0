/**
 * The learning rate as a share of its peak, in [0, 1], after `progress` (in [0, 1]) of the run: linear warm-up over the first
 * `warmup` of it, then a half cosine down to 0 (Loshchilov and Hutter 2017, one cycle).
 */
export function warmupCosine(progress: number, warmup: number): number {
  if (progress < warmup) return progress / warmup;
  const rest = Math.min(1, (progress - warmup) / (1 - warmup));
  return (1 + Math.cos(Math.PI * rest)) / 2;
}
