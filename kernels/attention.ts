/*
 * Causal attention of one head: queries, keys and values are rows of S numbers that lie `ldq`, `ldk` numbers apart. Scores are never kept
 * whole: queries are taken a few at a time, and the backward pass computes the weights again from the logarithms of their sums
 * (Dao et al. 2022, FlashAttention).
 */
import { ownRoom, takeForEach } from "./layout";
import { addTransposedProduct, matmulPacked } from "./matmul";
import { PANEL, packColumns, packedSize, packRows } from "./packing";
import { addScaled, clear, dot, exp4, F32, LOWEST, madd, max4, sum4, sums4 } from "./simd";

/** Queries that are taken together. */
const QUERIES: i32 = 32;

/** Numbers of a head, and each thread's own: packed keys, values and keys by rows, weights and their slopes. */
let S: i32 = 0;
let rooms: usize = 0;
let roomSize: usize = 0;

/** Lays out what attention needs for heads of `size` numbers over up to `longest` keys. */
export function layOutAttention(threads: i32, size: i32, longest: i32): void {
  S = size;
  roomSize = 3 * packedSize(S, longest) + 2 * packedSize(QUERIES, longest);
  rooms = takeForEach(threads, roomSize);
}

/**
 * out = softmax(q k^T / sqrt(S)) v for n queries over m keys and values, the last query being at the last key. Rows of `out` are `ldo` numbers
 * apart, those of v like those of k; `logSums` gets the logarithm of each row's normaliser, `ldl` numbers apart, unless it is 0.
 */
export function attend(
  out: usize,
  ldo: i32,
  q: usize,
  ldq: i32,
  k: usize,
  v: usize,
  ldk: i32,
  logSums: usize,
  ldl: i32,
  n: i32,
  m: i32,
): void {
  const width = padded(m);
  const keys = ownRoom(rooms, roomSize);
  const values = keys + packedSize(S, m) * F32;
  const weights = values + packedSize(S, m) * F32;
  const scale: f32 = 1 / sqrt<f32>(<f32>S);
  packColumns(keys, k, ldk, S, m, 0, width / PANEL);
  packRows(values, v, ldk, m, S);
  for (let first = 0; first < n; first += QUERIES) {
    const rows = min(QUERIES, n - first);
    const visible = m - n + first + rows;
    const outs = out + ((<usize>first * <usize>ldo) << 2);
    matmulPacked(
      weights,
      width,
      q + ((<usize>first * <usize>ldq) << 2),
      ldq,
      keys,
      S,
      0,
      rows,
      padded(visible),
      S,
      false,
    );
    for (let i = 0; i < rows; i++) {
      const row = weights + ((<usize>(i * width)) << 2);
      const logSum = softmax(row, visible - rows + i + 1, visible, scale);
      if (logSums !== 0) store<f32>(logSums + ((<usize>(first + i) * <usize>ldl) << 2), logSum);
    }
    matmulPacked(outs, ldo, weights, width, values, m, 0, rows, S, visible, false);
  }
}

/** Columns of as many panels as hold `n`. */
function padded(n: i32): i32 {
  return (n + PANEL - 1) & ~(PANEL - 1);
}

/**
 * A row of weights in place of products: exp(scale x) over its sum for the first `count`, 0 up to `width`. The row must have room for a
 * multiple of 4. Returns the logarithm of the sum.
 */
export function softmax(row: usize, count: i32, width: i32, scale: f32): f32 {
  const end = row + ((<usize>count) << 2);
  const whole = (end + 15) & ~15;
  for (let at = end; at < whole; at += F32) store<f32>(at, LOWEST);
  let highest = f32x4.splat(LOWEST);
  for (let at = row; at < whole; at += 16) highest = f32x4.pmax(highest, v128.load(at));
  const top = max4(highest);
  const shift = f32x4.splat(-top * scale);
  const factor = f32x4.splat(scale);
  let sums = f32x4.splat(0);
  for (let at = row; at < whole; at += 16) {
    const e = exp4(madd(v128.load(at), factor, shift));
    v128.store(at, e);
    sums = f32x4.add(sums, e);
  }
  const sum = sum4(sums);
  const share = f32x4.splat(1 / sum);
  for (let at = row; at < whole; at += 16) v128.store(at, f32x4.mul(v128.load(at), share));
  const last = row + ((<usize>width) << 2);
  for (let at = end; at < last; at += F32) store<f32>(at, 0);
  return top * scale + Mathf.log(sum);
}

/**
 * The gradient of {@link attend} for as many keys as queries (n): dq, dk and dv (all `ldk` numbers apart, as q, k and v are) from dOut
 * (as `out`).
 */
export function attendBackward(
  dq: usize,
  dk: usize,
  dv: usize,
  dOut: usize,
  out: usize,
  ldo: i32,
  q: usize,
  k: usize,
  v: usize,
  ldk: i32,
  logSums: usize,
  ldl: i32,
  n: i32,
): void {
  const width = padded(n);
  const head = packedSize(S, width) * F32;
  const keys = ownRoom(rooms, roomSize);
  const values = keys + head;
  const keyRows = values + head;
  const weights = keyRows + head;
  const slopes = weights + packedSize(QUERIES, width) * F32;
  const scale: f32 = 1 / sqrt<f32>(<f32>S);
  packColumns(keys, k, ldk, S, n, 0, width / PANEL);
  packColumns(values, v, ldk, S, n, 0, width / PANEL);
  packRows(keyRows, k, ldk, n, S);
  for (let i = 0; i < n; i++) {
    clear(dk + ((<usize>i * <usize>ldk) << 2), S);
    clear(dv + ((<usize>i * <usize>ldk) << 2), S);
  }
  for (let first = 0; first < n; first += QUERIES) {
    const rows = min(QUERIES, n - first);
    const visible = first + rows;
    const query = q + ((<usize>first * <usize>ldk) << 2);
    const outs = (<usize>first * <usize>ldo) << 2;
    matmulPacked(weights, width, query, ldk, keys, S, 0, rows, padded(visible), S, false);
    matmulPacked(slopes, width, dOut + outs, ldo, values, S, 0, rows, padded(visible), S, false);
    for (let i = 0; i < rows; i++) {
      const offset = outs + ((<usize>i * <usize>ldo) << 2);
      const row = (<usize>(i * width)) << 2;
      const logSum = load<f32>(logSums + ((<usize>(first + i) * <usize>ldl) << 2));
      const mean = dot(dOut + offset, out + offset, S);
      weightSlopes(weights + row, slopes + row, first + i + 1, padded(visible), scale, logSum, mean);
    }
    matmulPacked(dq + ((<usize>first * <usize>ldk) << 2), ldk, slopes, width, keyRows, n, 0, rows, S, visible, false);
    addTransposedProduct(dk, ldk, slopes, width, query, ldk, 0, visible, S, rows);
    addTransposedProduct(dv, ldk, weights, width, dOut + outs, ldo, 0, visible, S, rows);
  }
}

/** In a row: products become weights p, and the weights' slopes d become the products': p (d - sum of p d) scale. */
function weightSlopes(weights: usize, slopes: usize, count: i32, width: i32, scale: f32, logSum: f32, mean: f32): void {
  const factor = f32x4.splat(scale);
  const shift = f32x4.splat(-logSum);
  const pull = f32x4.splat(-mean);
  const end = (<usize>count) << 2;
  const last = (<usize>width) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const p = exp4(madd(v128.load(weights + at), factor, shift));
    v128.store(weights + at, p);
    v128.store(slopes + at, f32x4.mul(f32x4.mul(p, f32x4.add(v128.load(slopes + at), pull)), factor));
  }
  for (let at = end; at < last; at += F32) {
    store<f32>(weights + at, 0);
    store<f32>(slopes + at, 0);
  }
}

/** The products of a query with `n` keys: four keys at a time, whose sums are then added up side by side. */
export function lookAt(products: usize, query: usize, key: usize, ldk: i32, n: i32): void {
  const step = (<usize>ldk) << 2;
  const bytes = (<usize>S) << 2;
  let i = 0;
  for (; i + 4 <= n; i += 4, products += 16, key += 4 * step) {
    const key1 = key + step;
    const key2 = key1 + step;
    const key3 = key2 + step;
    let a = f32x4.splat(0),
      b = a,
      c = a,
      d = a;
    for (let s: usize = 0; s < bytes; s += 16) {
      const x = v128.load(query + s);
      a = madd(x, v128.load(key + s), a);
      b = madd(x, v128.load(key1 + s), b);
      c = madd(x, v128.load(key2 + s), c);
      d = madd(x, v128.load(key3 + s), d);
    }
    v128.store(products, sums4(a, b, c, d));
  }
  for (; i < n; i++, products += F32, key += step) store<f32>(products, dot(query, key, S));
}

/** out += the sum of n values, each times its weight. */
export function addValues(out: usize, weights: usize, value: usize, ldk: i32, n: i32): void {
  let s = 0;
  for (; s + 32 <= S; s += 32) addValues32(out + ((<usize>s) << 2), weights, value + ((<usize>s) << 2), ldk, n);
  if (s === S) return;
  for (let i = 0; i < n; i++, weights += F32, value += (<usize>ldk) << 2) {
    addScaled(out + ((<usize>s) << 2), value + ((<usize>s) << 2), load<f32>(weights), S - s);
  }
}

/** The same for 32 numbers of them. */
function addValues32(out: usize, weights: usize, value: usize, ldk: i32, n: i32): void {
  let s0 = v128.load(out),
    s1 = v128.load(out, 16),
    s2 = v128.load(out, 32),
    s3 = v128.load(out, 48);
  let s4 = v128.load(out, 64),
    s5 = v128.load(out, 80),
    s6 = v128.load(out, 96),
    s7 = v128.load(out, 112);
  for (let i = 0; i < n; i++, weights += F32, value += (<usize>ldk) << 2) {
    const x = v128.load32_splat(weights);
    s0 = madd(x, v128.load(value), s0);
    s1 = madd(x, v128.load(value, 16), s1);
    s2 = madd(x, v128.load(value, 32), s2);
    s3 = madd(x, v128.load(value, 48), s3);
    s4 = madd(x, v128.load(value, 64), s4);
    s5 = madd(x, v128.load(value, 80), s5);
    s6 = madd(x, v128.load(value, 96), s6);
    s7 = madd(x, v128.load(value, 112), s7);
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
}
