/*
 * The parts of the Llama decoder (src/model/network has the same in jax-js, with the papers): M rows of tokens, D hidden size,
 * I inner size, H heads of S numbers, V vocabulary, L layers. All parameters lie in one block, in the order of
 * `parameterShapes`; matrices are [out, in], and a second block holds them transposed and packed, which is how products read them.
 */

import { layOutAttention } from "./attention";
import { take } from "./layout";
import { layOutProducts } from "./matmul";
import { PANEL, packColumns, packedSize } from "./packing";
import { addScaled, copyNumbers, dot, exp4, madd, sum4 } from "./simd";
import { shareFrom, shareTo } from "./threads";

export let D: i32 = 0;
export let I: i32 = 0;
export let L: i32 = 0;
export let H: i32 = 0;
export let S: i32 = 0;
export let V: i32 = 0;
export let epsilon: f32 = 0;

/** The parameters, and how many there are; the rotary tables: cosines, then sines, each [positions, S / 2]. */
export let params: usize = 0;
export let size: i32 = 0;
export let rotary: usize = 0;
let packedParams: usize = 0;
let cosines: usize = 0;
let sines: usize = 0;

/** Numbers of one layer. */
let layerSize: i32 = 0;

/**
 * Sets the sizes and lays out parameters and tables; `extra` numbers follow the network's parameters (heads), and a text has up to
 * `longest` tokens.
 */
export function layOutNetwork(
  d: i32,
  i: i32,
  l: i32,
  h: i32,
  v: i32,
  eps: f32,
  longest: i32,
  extra: i32,
  threads: i32,
): void {
  D = d;
  I = i;
  L = l;
  H = h;
  S = d / h;
  V = v;
  epsilon = eps;
  layerSize = 2 * D + 4 * D * D + 3 * I * D;
  size = V * D + L * layerSize + D + extra;
  params = take(size);
  packedParams = take(packedSize(D, V) + <usize>(L * layerSize));
  rotary = take(<usize>(longest * S));
  cosines = rotary;
  sines = rotary + ((<usize>(longest * (S >> 1))) << 2);
  layOutProducts(threads, max(max(3 * D, 2 * I), max(V, longest)));
  layOutAttention(threads, S, longest);
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

/** Where the matrix at an offset of the parameters lies packed, transposed: the embedding's last panel may be longer than it is. */
export function packed(offset: usize): usize {
  return packedParams + (offset === 0 ? 0 : offset + ((packedSize(D, V) - <usize>(V * D)) << 2));
}

/** Packs this thread's share of every matrix: after the parameters have changed. */
export function packAll(): void {
  pack(0, V, D);
  for (let layer = 0; layer < L; layer++) {
    pack(queryKeyValue(layer), 3 * D, D);
    pack(attentionOut(layer), D, D);
    pack(gateUp(layer), 2 * I, D);
    pack(down(layer), D, I);
  }
}

function pack(offset: usize, out: i32, inner: i32): void {
  const panels = (out + PANEL - 1) / PANEL;
  packColumns(packed(offset), params + offset, inner, inner, out, shareFrom(panels, 1), shareTo(panels, 1));
}

/** Rows `from` to `to` of x [M, D]: the embeddings of tokens [M] (int32). */
export function embed(x: usize, tokens: usize, from: i32, to: i32): void {
  const bytes = (<usize>D) << 2;
  for (let i = from; i < to; i++) {
    const token = load<i32>(tokens + ((<usize>i) << 2));
    copyNumbers(x + <usize>i * bytes, params + <usize>token * bytes, D);
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
