/*
 * The parts of the Llama decoder (src/model/network has the same in jax-js, with the papers): M rows of tokens, D hidden size,
 * I inner size, H heads of S numbers, V vocabulary, L layers. All parameters lie in one block, in the order of
 * `parameterShapes`; matrices are [out, in], and a second block holds them transposed, which is how products read them.
 */

import { matmul, transpose } from "./matmul";
import { addScaled, dot, exp1, exp4, F32, madd, max4, sum4 } from "./simd";
import { shareFrom, shareTo } from "./threads";

export let D: i32 = 0;
export let I: i32 = 0;
export let L: i32 = 0;
export let H: i32 = 0;
export let S: i32 = 0;
export let V: i32 = 0;
export let epsilon: f32 = 0;

/** The parameters, the same transposed, and the rotary tables: cosines and sines, each [positions, S / 2]. */
export let params: usize = 0;
export let transposed: usize = 0;
let cosines: usize = 0;
let sines: usize = 0;

/** Numbers of one layer. */
let layerSize: i32 = 0;

/** Sets the sizes. */
export function setShape(d: i32, i: i32, l: i32, h: i32, v: i32, eps: f32): void {
  D = d;
  I = i;
  L = l;
  H = h;
  S = d / h;
  V = v;
  epsilon = eps;
  layerSize = 2 * D + 4 * D * D + 3 * I * D;
}

/** Sets where the parameters and tables are. */
export function setPlaces(p: usize, t: usize, cos: usize, sin: usize): void {
  params = p;
  transposed = t;
  cosines = cos;
  sines = sin;
}

/** Numbers of all parameters. */
export function parameterCount(): i32 {
  return V * D + L * layerSize + D;
}

/** Bytes from the block's beginning to a layer's tensors; queries, keys and values are one matrix, so are gate and up. */
export function attentionNorm(layer: i32): usize {
  return (<usize>(V * D + layer * layerSize)) << 2;
}
export function queryKeyValue(layer: i32): usize {
  return attentionNorm(layer) + ((<usize>D) << 2);
}
export function attentionOut(layer: i32): usize {
  return queryKeyValue(layer) + ((<usize>(3 * D * D)) << 2);
}
export function mlpNorm(layer: i32): usize {
  return attentionOut(layer) + ((<usize>(D * D)) << 2);
}
export function gateUp(layer: i32): usize {
  return mlpNorm(layer) + ((<usize>D) << 2);
}
export function down(layer: i32): usize {
  return gateUp(layer) + ((<usize>(2 * I * D)) << 2);
}
export function finalNorm(): usize {
  return (<usize>(V * D + L * layerSize)) << 2;
}

/** Transposes this thread's share of every matrix: after the parameters have changed. */
export function transposeAll(): void {
  turn(0, V, D);
  for (let layer = 0; layer < L; layer++) {
    turn(queryKeyValue(layer), 3 * D, D);
    turn(attentionOut(layer), D, D);
    turn(gateUp(layer), 2 * I, D);
    turn(down(layer), D, I);
  }
}

function turn(offset: usize, out: i32, inner: i32): void {
  transpose(transposed + offset, params + offset, out, inner, shareFrom(out, 16), shareTo(out, 16));
}

/** Rows `from` to `to` of x [M, D]: the embeddings of tokens [M] (int32). */
export function embed(x: usize, tokens: usize, from: i32, to: i32): void {
  const bytes = (<usize>D) << 2;
  for (let i = from; i < to; i++) {
    const token = load<i32>(tokens + ((<usize>i) << 2));
    memory.copy(x + <usize>i * bytes, params + <usize>token * bytes, bytes);
  }
}

/** Root mean square norm: y = x w / rms(x), and 1 / rms(x) of each row. */
export function norm(y: usize, inverse: usize, x: usize, w: usize, from: i32, to: i32): void {
  const bytes = (<usize>D) << 2;
  for (let i = from; i < to; i++) {
    const row = x + <usize>i * bytes;
    const scale: f32 = 1 / sqrt<f32>(dot(row, row, D) / <f32>D + epsilon);
    store<f32>(inverse + ((<usize>i) << 2), scale);
    const splat = f32x4.splat(scale);
    const out = y + <usize>i * bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(out + at, f32x4.mul(f32x4.mul(v128.load(row + at), splat), v128.load(w + at)));
    }
  }
}

/** dx += the gradient through the norm, from dy: g = dy w; dx = g / rms - x mean(g x) / rms^3. */
export function normBackward(dx: usize, dy: usize, inverse: usize, x: usize, w: usize, from: i32, to: i32): void {
  const bytes = (<usize>D) << 2;
  for (let i = from; i < to; i++) {
    const offset = <usize>i * bytes;
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      const g = f32x4.mul(v128.load(dy + offset + at), v128.load(w + at));
      sum = madd(g, v128.load(x + offset + at), sum);
    }
    const scale = load<f32>(inverse + ((<usize>i) << 2));
    const pull = f32x4.splat(-(sum4(sum) / <f32>D) * scale * scale * scale);
    const splat = f32x4.splat(scale);
    for (let at: usize = 0; at < bytes; at += 16) {
      const g = f32x4.mul(v128.load(dy + offset + at), v128.load(w + at));
      const change = madd(g, splat, f32x4.mul(pull, v128.load(x + offset + at)));
      v128.store(dx + offset + at, f32x4.add(v128.load(dx + offset + at), change));
    }
  }
}

/** dw += the sum over all rows of dy x / rms, for this thread's share of the columns. */
export function normWeightBackward(dw: usize, dy: usize, inverse: usize, x: usize, rows: i32): void {
  const bytes = (<usize>D) << 2;
  for (let column = shareFrom(D, 16); column < shareTo(D, 16); column += 4) {
    const at = (<usize>column) << 2;
    let sum = v128.load(dw + at);
    for (let i = 0; i < rows; i++) {
      const offset = <usize>i * bytes + at;
      const scaled = f32x4.mul(v128.load(dy + offset), v128.load32_splat(inverse + ((<usize>i) << 2)));
      sum = madd(scaled, v128.load(x + offset), sum);
    }
    v128.store(dw + at, sum);
  }
}

/**
 * Rotary embeddings of queries and keys in place: the first 2 D of every `stride` numbers of rows. `sign` is 1, or -1 for the
 * gradient (the rotation back).
 */
export function rotate(heads: usize, stride: i32, positions: usize, sign: f32, from: i32, to: i32): void {
  const half = S >> 1;
  const halfBytes = (<usize>half) << 2;
  const turnSign = f32x4.splat(sign);
  for (let i = from; i < to; i++) {
    const position = load<i32>(positions + ((<usize>i) << 2));
    const cos = cosines + <usize>position * halfBytes;
    const sin = sines + <usize>position * halfBytes;
    let head = heads + ((<usize>i * <usize>stride) << 2);
    for (let h = 0; h < 2 * H; h++, head += 2 * halfBytes) {
      for (let at: usize = 0; at < halfBytes; at += 16) {
        const a = v128.load(head + at);
        const b = v128.load(head + halfBytes + at);
        const c = v128.load(cos + at);
        const s = f32x4.mul(v128.load(sin + at), turnSign);
        v128.store(head + at, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)));
        v128.store(head + halfBytes + at, f32x4.add(f32x4.mul(b, c), f32x4.mul(a, s)));
      }
    }
  }
}

/** SwiGLU: y [M, I] = silu(gate) up, for both [M, 2 I]. */
export function swiglu(y: usize, both: usize, from: i32, to: i32): void {
  const bytes = (<usize>I) << 2;
  const one = f32x4.splat(1);
  for (let i = from; i < to; i++) {
    const gate = both + <usize>i * 2 * bytes;
    const out = y + <usize>i * bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      const g = v128.load(gate + at);
      const sigmoid = f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(g))));
      v128.store(out + at, f32x4.mul(f32x4.mul(g, sigmoid), v128.load(gate + bytes + at)));
    }
  }
}

/** The gradient of both [M, 2 I] from that of y [M, I]: silu'(g) = s (1 + g (1 - s)), s the sigmoid of g. */
export function swigluBackward(dBoth: usize, dy: usize, both: usize, from: i32, to: i32): void {
  const bytes = (<usize>I) << 2;
  const one = f32x4.splat(1);
  for (let i = from; i < to; i++) {
    const gate = both + <usize>i * 2 * bytes;
    const out = dBoth + <usize>i * 2 * bytes;
    const grad = dy + <usize>i * bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      const g = v128.load(gate + at);
      const d = v128.load(grad + at);
      const sigmoid = f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(g))));
      const slope = f32x4.mul(sigmoid, madd(g, f32x4.sub(one, sigmoid), one));
      v128.store(out + at, f32x4.mul(f32x4.mul(d, v128.load(gate + bytes + at)), slope));
      v128.store(out + bytes + at, f32x4.mul(d, f32x4.mul(g, sigmoid)));
    }
  }
}

/** Rows of queries that attention takes together. */
const QUERIES: i32 = 16;

/** Numbers that `attend` and `attendBackward` need of their own for up to `keys` keys. */
export function attentionScratch(keys: i32): i32 {
  return ((keys + 7) & ~7) * 2 * (S + QUERIES);
}

/**
 * Causal attention of one head: n queries over m keys and values, the last query being at the last key:
 * out = softmax(q k^T / sqrt(S)) v. Rows are `ldq`, `ldk` and `ldo` numbers apart (v like k); `logSums` gets the logarithm of each
 * row's normaliser, `ldl` numbers apart, unless it is 0.
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
  scratch: usize,
): void {
  const width = (m + 7) & ~7;
  const keys = scratch;
  const weights = scratch + ((<usize>(S * width)) << 2);
  const scale: f32 = 1 / sqrt<f32>(<f32>S);
  turnHead(keys, width, k, ldk, m);
  for (let first = 0; first < n; first += QUERIES) {
    const rows = min(QUERIES, n - first);
    const visible = m - n + first + rows;
    const query = q + ((<usize>first * <usize>ldq) << 2);
    matmul(weights, width, query, ldq, 1, keys, width, 0, rows, (visible + 7) & ~7, S, false);
    for (let i = 0; i < rows; i++) {
      const row = weights + ((<usize>(i * width)) << 2);
      const logSum = softmax(row, visible - rows + i + 1, visible, scale);
      if (logSums !== 0) store<f32>(logSums + ((<usize>(first + i) * <usize>ldl) << 2), logSum);
    }
    matmul(out + ((<usize>first * <usize>ldo) << 2), ldo, weights, width, 1, v, ldk, 0, rows, S, visible, false);
  }
}

/** B [S, width] = rows [m, S], transposed. */
function turnHead(B: usize, width: i32, rows: usize, ld: i32, m: i32): void {
  for (let i = 0; i < m; i++) {
    let a = rows + ((<usize>i * <usize>ld) << 2);
    let b = B + ((<usize>i) << 2);
    for (let s = 0; s < S; s++, a += F32, b += (<usize>width) << 2) store<f32>(b, load<f32>(a));
  }
}

/** A row of weights in place of logits: exp(scale x) over its sum for the first `count`, 0 up to `width`. Returns log of the sum. */
export function softmax(row: usize, count: i32, width: i32, scale: f32): f32 {
  const whole = count & ~3;
  let highest = f32x4.splat(-3.4e38);
  for (let j = 0; j < whole; j += 4) highest = f32x4.max(highest, v128.load(row + ((<usize>j) << 2)));
  let top = max4(highest);
  for (let j = whole; j < count; j++) top = max(top, load<f32>(row + ((<usize>j) << 2)));
  const shift = f32x4.splat(-top * scale);
  const factor = f32x4.splat(scale);
  let sums = f32x4.splat(0);
  for (let j = 0; j < whole; j += 4) {
    const at = row + ((<usize>j) << 2);
    const e = exp4(madd(v128.load(at), factor, shift));
    v128.store(at, e);
    sums = f32x4.add(sums, e);
  }
  let sum = sum4(sums);
  for (let j = whole; j < count; j++) {
    const at = row + ((<usize>j) << 2);
    const e = exp1((load<f32>(at) - top) * scale);
    store<f32>(at, e);
    sum += e;
  }
  const share = f32x4.splat(1 / sum);
  for (let j = 0; j < whole; j += 4) {
    const at = row + ((<usize>j) << 2);
    v128.store(at, f32x4.mul(v128.load(at), share));
  }
  for (let j = whole; j < count; j++) {
    const at = row + ((<usize>j) << 2);
    store<f32>(at, load<f32>(at) / sum);
  }
  for (let j = count; j < width; j++) store<f32>(row + ((<usize>j) << 2), 0);
  return top * scale + <f32>Math.log(<f64>sum);
}

/**
 * The gradient of {@link attend} for one head with as many keys as queries (n): dq, dk and dv (all `ldk` numbers apart, as q, k and v
 * are) from dOut (as `out`). The weights are computed again from the logarithms of their sums (Dao et al. 2022, FlashAttention).
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
  scratch: usize,
): void {
  const width = (n + 7) & ~7;
  const head = (<usize>(S * width)) << 2;
  const block = (<usize>(QUERIES * width)) << 2;
  const keys = scratch;
  const values = keys + head;
  const weights = values + head;
  const slopes = weights + block;
  const scale: f32 = 1 / sqrt<f32>(<f32>S);
  turnHead(keys, width, k, ldk, n);
  turnHead(values, width, v, ldk, n);
  for (let i = 0; i < n; i++) {
    memory.fill(dk + ((<usize>i * <usize>ldk) << 2), 0, (<usize>S) << 2);
    memory.fill(dv + ((<usize>i * <usize>ldk) << 2), 0, (<usize>S) << 2);
  }
  for (let first = 0; first < n; first += QUERIES) {
    const rows = min(QUERIES, n - first);
    const visible = first + rows;
    const padded = (visible + 7) & ~7;
    const query = q + ((<usize>first * <usize>ldk) << 2);
    const outs = (<usize>first * <usize>ldo) << 2;
    matmul(weights, width, query, ldk, 1, keys, width, 0, rows, padded, S, false);
    matmul(slopes, width, dOut + outs, ldo, 1, values, width, 0, rows, padded, S, false);
    for (let i = 0; i < rows; i++) {
      const offset = outs + ((<usize>i * <usize>ldo) << 2);
      const row = (<usize>(i * width)) << 2;
      const logSum = load<f32>(logSums + ((<usize>(first + i) * <usize>ldl) << 2));
      weightSlopes(
        weights + row,
        slopes + row,
        first + i + 1,
        padded,
        scale,
        logSum,
        dot(dOut + offset, out + offset, S),
      );
    }
    matmul(dq + ((<usize>first * <usize>ldk) << 2), ldk, slopes, width, 1, k, ldk, 0, rows, S, visible, false);
    matmul(dk, ldk, slopes, 1, width, query, ldk, 0, visible, S, rows, true);
    matmul(dv, ldk, weights, 1, width, dOut + outs, ldo, 0, visible, S, rows, true);
  }
}

/** In a row: logits become weights p, and the weights' slopes d become the logits': p (d - sum of p d) scale. */
function weightSlopes(weights: usize, slopes: usize, count: i32, width: i32, scale: f32, logSum: f32, mean: f32): void {
  const factor = f32x4.splat(scale);
  const shift = f32x4.splat(-logSum);
  const pull = f32x4.splat(-mean);
  for (let j = 0; j < width; j += 4) {
    const at = (<usize>j) << 2;
    const p = exp4(madd(v128.load(weights + at), factor, shift));
    v128.store(weights + at, p);
    v128.store(slopes + at, f32x4.mul(f32x4.mul(p, f32x4.add(v128.load(slopes + at), pull)), factor));
  }
  for (let j = count; j < width; j++) {
    store<f32>(weights + ((<usize>j) << 2), 0);
    store<f32>(slopes + ((<usize>j) << 2), 0);
  }
}

/** dEmbedding += the rows of dx at their tokens, for this thread's share of the columns. */
export function embedBackward(dEmbedding: usize, dx: usize, tokens: usize, rows: i32): void {
  const from = shareFrom(D, 16);
  const n = shareTo(D, 16) - from;
  const at = (<usize>from) << 2;
  const bytes = (<usize>D) << 2;
  for (let i = 0; i < rows; i++) {
    const token = load<i32>(tokens + ((<usize>i) << 2));
    addScaled(dEmbedding + <usize>token * bytes + at, dx + <usize>i * bytes + at, 1, n);
  }
}
