import { F32, madd } from "./simd";

/** Rows of the inner dimension per pass where the first matrix is read down its columns: what the first cache holds. */
const INNER_BLOCK: i32 = 256;

/**
 * C [m, n] = A [m, k] B [k, n], or C += A B: rows `from` to `to` of it. Element (i, l) of A stands at A + i * rowStride + l * innerStride
 * (in numbers), so that A may be a transposed matrix; rows of B and C are `ldb` and `ldc` numbers apart. Tiles of 4 x 8 live in registers:
 * wider ones were slower in V8, which has 16 of them.
 */
export function matmul(
  C: usize,
  ldc: i32,
  A: usize,
  rowStride: i32,
  innerStride: i32,
  B: usize,
  ldb: i32,
  from: i32,
  to: i32,
  n: i32,
  k: i32,
  add: bool,
): void {
  if (rowStride === 1 && k > INNER_BLOCK) {
    for (let l = 0; l < k; l += INNER_BLOCK) {
      const step = min(INNER_BLOCK, k - l);
      const a = A + ((<usize>l * <usize>innerStride) << 2);
      const b = B + ((<usize>l * <usize>ldb) << 2);
      product(C, ldc, a, rowStride, innerStride, b, ldb, from, to, n, step, add || l > 0);
    }
    return;
  }
  product(C, ldc, A, rowStride, innerStride, B, ldb, from, to, n, k, add);
}

function product(
  C: usize,
  ldc: i32,
  A: usize,
  rowStride: i32,
  innerStride: i32,
  B: usize,
  ldb: i32,
  from: i32,
  to: i32,
  n: i32,
  k: i32,
  add: bool,
): void {
  const rows = from + ((to - from) & ~3);
  const sc = (<usize>ldc) << 2;
  const sb = (<usize>ldb) << 2;
  const sr = (<usize>rowStride) << 2;
  const si = (<usize>innerStride) << 2;
  const wide = n & ~7;
  if (rows > from) {
    for (let j = 0; j < wide; j += 8) {
      for (let i = from; i < rows; i += 4) {
        tile4x8(
          C + <usize>i * sc + ((<usize>j) << 2),
          sc,
          A + <usize>i * sr,
          sr,
          si,
          B + ((<usize>j) << 2),
          sb,
          k,
          add,
        );
      }
    }
    if (wide < n) rest(C, sc, A, sr, si, B, sb, from, rows, wide, n, k, add);
  }
  for (let i = rows; i < to; i++) {
    rowProduct(C + <usize>i * sc, A + <usize>i * sr, si, B, sb, n, k, add);
  }
}

function tile4x8(c: usize, sc: usize, a0: usize, sr: usize, si: usize, b: usize, sb: usize, k: i32, add: bool): void {
  let c00 = f32x4.splat(0),
    c01 = c00,
    c10 = c00,
    c11 = c00;
  let c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00;
  let a1 = a0 + sr,
    a2 = a1 + sr,
    a3 = a2 + sr;
  for (let l = 0; l < k; l++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let a = v128.load32_splat(a0);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load32_splat(a1);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load32_splat(a2);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load32_splat(a3);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    a0 += si;
    a1 += si;
    a2 += si;
    a3 += si;
    b += sb;
  }
  put8(c, c00, c01, add);
  put8(c + sc, c10, c11, add);
  put8(c + 2 * sc, c20, c21, add);
  put8(c + 3 * sc, c30, c31, add);
}

function put8(c: usize, low: v128, high: v128, add: bool): void {
  if (add) {
    v128.store(c, f32x4.add(v128.load(c), low));
    v128.store(c, f32x4.add(v128.load(c, 16), high), 16);
  } else {
    v128.store(c, low);
    v128.store(c, high, 16);
  }
}

/** Columns `fromColumn` to n, one number at a time: fewer than 8 of them. */
function rest(
  C: usize,
  sc: usize,
  A: usize,
  sr: usize,
  si: usize,
  B: usize,
  sb: usize,
  from: i32,
  to: i32,
  fromColumn: i32,
  n: i32,
  k: i32,
  add: bool,
): void {
  for (let i = from; i < to; i++) {
    for (let j = fromColumn; j < n; j++) {
      const c = C + <usize>i * sc + ((<usize>j) << 2);
      store<f32>(c, element(A + <usize>i * sr, si, B + ((<usize>j) << 2), sb, k) + (add ? load<f32>(c) : 0));
    }
  }
}

function element(a: usize, si: usize, b: usize, sb: usize, k: i32): f32 {
  let sum: f32 = 0;
  for (let l = 0; l < k; l++, a += si, b += sb) sum += load<f32>(a) * load<f32>(b);
  return sum;
}

/** One row of the product, 32 columns at a time: rows of B are read as they lie, which is what a single row waits for. */
function rowProduct(c: usize, a: usize, si: usize, B: usize, sb: usize, n: i32, k: i32, add: bool): void {
  let j = 0;
  for (; j + 32 <= n; j += 32) row32(c + ((<usize>j) << 2), a, si, B + ((<usize>j) << 2), sb, k, add);
  for (; j + 8 <= n; j += 8) {
    let s0 = f32x4.splat(0),
      s1 = s0;
    let b = B + ((<usize>j) << 2),
      at = a;
    for (let l = 0; l < k; l++, at += si, b += sb) {
      const x = v128.load32_splat(at);
      s0 = madd(x, v128.load(b), s0);
      s1 = madd(x, v128.load(b, 16), s1);
    }
    put8(c + ((<usize>j) << 2), s0, s1, add);
  }
  for (; j < n; j++) {
    const to = c + ((<usize>j) << 2);
    store<f32>(to, element(a, si, B + ((<usize>j) << 2), sb, k) + (add ? load<f32>(to) : 0));
  }
}

function row32(c: usize, a: usize, si: usize, b: usize, sb: usize, k: i32, add: bool): void {
  let s0 = f32x4.splat(0),
    s1 = s0,
    s2 = s0,
    s3 = s0,
    s4 = s0,
    s5 = s0,
    s6 = s0,
    s7 = s0;
  for (let l = 0; l < k; l++, a += si, b += sb) {
    const x = v128.load32_splat(a);
    s0 = madd(x, v128.load(b), s0);
    s1 = madd(x, v128.load(b, 16), s1);
    s2 = madd(x, v128.load(b, 32), s2);
    s3 = madd(x, v128.load(b, 48), s3);
    s4 = madd(x, v128.load(b, 64), s4);
    s5 = madd(x, v128.load(b, 80), s5);
    s6 = madd(x, v128.load(b, 96), s6);
    s7 = madd(x, v128.load(b, 112), s7);
  }
  put8(c, s0, s1, add);
  put8(c + 32, s2, s3, add);
  put8(c + 64, s4, s5, add);
  put8(c + 96, s6, s7, add);
}

/** B [k, n] = A [n, k] transposed: rows `from` to `to` of A. */
export function transpose(B: usize, A: usize, n: i32, k: i32, from: i32, to: i32): void {
  for (let i0 = from; i0 < to; i0 += 16) {
    const i1 = min(i0 + 16, to);
    for (let l = 0; l < k; l++) {
      let a = A + ((<usize>i0 * <usize>k + <usize>l) << 2);
      let b = B + ((<usize>l * <usize>n + <usize>i0) << 2);
      for (let i = i0; i < i1; i++, a += (<usize>k) << 2, b += F32) store<f32>(b, load<f32>(a));
    }
  }
}
