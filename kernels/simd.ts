/*
 * Four numbers at a time. The folder is AssemblyScript: TypeScript's syntax, WebAssembly's types, pointers as `usize`.
 */

/** Bytes of a number. */
export const F32: usize = 4;

/** a b + c; in one instruction where the engine has relaxed SIMD (then without rounding in between). */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of the four. */
export function sum4(v: v128): f32 {
  const pairs = f32x4.add(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The sums of four times four. */
export function sums4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** The largest of the four. */
export function max4(v: v128): f32 {
  const a = max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1));
  const b = max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3));
  return max(a, b);
}

/** Smaller than any score. */
export const LOWEST: f32 = -3.4e38;

/**
 * Constants of {@link exp4}: the range; log2 e; what rounds a small number when it is added, its whole part then being the lowest bits; ln 2 in
 * two parts; the coefficients of Cephes' expf. In memory, because V8 would make each of them anew wherever it is used.
 */
const EXP = memory.data<f32>(
  [
    -87.0,
    88.0,
    <f32>Math.LOG2E,
    12_582_912.0,
    -0.693359375,
    2.1219444e-4,
    1.98756915e-4,
    1.3981999507e-3,
    8.3334519073e-3,
    4.1665795894e-2,
    1.6666665459e-1,
    5.0000001201e-1,
    1.0,
  ],
  16,
);

/**
 * e^x of the four, to about 2e-7 relative: x = n ln 2 + r with |r| <= ln 2 / 2, a polynomial for e^r, and 2^n put together from its
 * bits. Below -87 the result is 0 for all that matters here, about 1e-38.
 */
export function exp4(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, v128.load32_splat(EXP)), v128.load32_splat(EXP, 4));
  const rounder = v128.load32_splat(EXP, 12);
  const shifted = madd(clamped, v128.load32_splat(EXP, 8), rounder);
  const n = f32x4.sub(shifted, rounder);
  const r = madd(n, v128.load32_splat(EXP, 20), madd(n, v128.load32_splat(EXP, 16), clamped));
  let p = v128.load32_splat(EXP, 24);
  p = madd(p, r, v128.load32_splat(EXP, 28));
  p = madd(p, r, v128.load32_splat(EXP, 32));
  p = madd(p, r, v128.load32_splat(EXP, 36));
  p = madd(p, r, v128.load32_splat(EXP, 40));
  p = madd(p, r, v128.load32_splat(EXP, 44));
  const one = v128.load32_splat(EXP, 48);
  p = madd(f32x4.mul(r, r), p, f32x4.add(r, one));
  return f32x4.mul(p, i32x4.add(i32x4.shl(shifted, 23), one));
}

/** e^x of one. */
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** The dot product of two rows of `n` numbers, n a multiple of 4. */
export function dot(a: usize, b: usize, n: i32): f32 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  const end = a + ((<usize>n >> 3) << 5);
  while (a < end) {
    s0 = madd(v128.load(a), v128.load(b), s0);
    s1 = madd(v128.load(a, 16), v128.load(b, 16), s1);
    a += 32;
    b += 32;
  }
  if ((n & 4) !== 0) s0 = madd(v128.load(a), v128.load(b), s0);
  return sum4(f32x4.add(s0, s1));
}

/** y += s x over `n` numbers, n a multiple of 4. */
export function addScaled(y: usize, x: usize, s: f32, n: i32): void {
  const scale = f32x4.splat(s);
  for (const end = x + ((<usize>n) << 2); x < end; x += 16, y += 16) {
    v128.store(y, madd(scale, v128.load(x), v128.load(y)));
  }
}

/** y = x over `n` numbers, n a multiple of 4; for few of them, where `memory.copy` is a call that costs more. */
export function copyNumbers(y: usize, x: usize, n: i32): void {
  for (const end = x + ((<usize>n) << 2); x < end; x += 16, y += 16) v128.store(y, v128.load(x));
}

/** y = 0 over `n` numbers, n a multiple of 4; likewise. */
export function clear(y: usize, n: i32): void {
  for (const end = y + ((<usize>n) << 2); y < end; y += 16) v128.store(y, f32x4.splat(0));
}
