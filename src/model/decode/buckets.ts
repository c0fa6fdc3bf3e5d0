/** The smallest power of two that is at least `size`. */
export function powerOfTwoBucket(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, size)));
}

/** The smallest multiple of `step` that is at least `size`, and at least `step`. */
export function multipleBucket(size: number, step: number): number {
  return Math.max(1, Math.ceil(size / step)) * step;
}
