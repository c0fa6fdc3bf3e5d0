/** Milliseconds in which the rest of the way shrinks to a third. */
const TIME_CONSTANT = 85;

/**
 * One frame of a glide towards a target that may move at any time: no start, no end, so nothing jumps when it does.
 * Snaps once less than `epsilon` is left.
 */
export function approach(current: number, target: number, elapsedMs: number, epsilon: number): number {
  const next = current + (target - current) * (1 - Math.exp(-elapsedMs / TIME_CONSTANT));
  return Math.abs(target - next) < epsilon ? target : next;
}
