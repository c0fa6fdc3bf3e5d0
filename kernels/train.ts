/*
 * Forward and backward pass over M tokens of several texts that follow one another without padding. Texts do not see each other.
 * What the backward pass needs is kept from the forward one. A loss is whatever writes the gradients of the logits [M, V], of the
 * last normed hidden states [M, D], or of both: cross-entropy is here, others come from outside.
 */

import { attend, attendBackward } from "./attention";
import { take } from "./layout";
import { addTransposedProduct, matmul, matmulPacked } from "./matmul";
import {
  attentionNorm,
  attentionOut,
  D,
  down,
  embed,
  embedBackward,
  finalNorm,
  gateUp,
  H,
  I,
  L,
  mlpNorm,
  norm,
  normBackward,
  normWeightBackward,
  packed,
  params,
  queryKeyValue,
  rotate,
  S,
  swiglu,
  swigluBackward,
  V,
} from "./network";
import { exp1, exp4, LOWEST, max4, sum4 } from "./simd";
import { barrier, count, index, shareFrom, shareTo } from "./threads";

/** Most tokens, most texts, and the longest text there may be. */
let capacity: i32 = 0;

/** Inputs: [M] int32 each; texts as pairs (first token, length). */
export let tokens: usize = 0;
export let positions: usize = 0;
export let targets: usize = 0;
export let texts: usize = 0;
/** [M] float32: loss weights; and token by token what the loss came to, and the weight of those whose target was the likeliest. */
export let lossWeights: usize = 0;
export let losses: usize = 0;
export let hits: usize = 0;
/** The network's outputs and their gradients. */
export let hidden: usize = 0;
export let logits: usize = 0;
export let dHidden: usize = 0;
export let dLogits: usize = 0;
/** Gradients of the parameters, in their layout. */
export let gradients: usize = 0;

/** Kept from the forward pass: of the last layer's output, then of each layer (see the offsets below). */
let stream: usize = 0;
let inverse: usize = 0;
let kept: usize = 0;
/** Gradients under way. */
let dStream: usize = 0;
let dNormed: usize = 0;
let dInner: usize = 0;
let dBoth: usize = 0;
let dMixed: usize = 0;
let dHeads: usize = 0;

/** Lays the buffers out for up to `maxTokens` tokens; the gradients are somewhere already. */
export function layOutTraining(gradientsAt: usize, maxTokens: i32): void {
  capacity = maxTokens;
  gradients = gradientsAt;
  const M = <u64>maxTokens;
  tokens = take(M);
  positions = take(M);
  targets = take(M);
  texts = take(2 * M);
  lossWeights = take(M);
  losses = take(M);
  hits = take(M);
  hidden = take(M * <u64>D);
  logits = take(M * <u64>V);
  dHidden = take(M * <u64>D);
  dLogits = take(M * <u64>V);
  stream = take(M * <u64>D);
  inverse = take(M);
  kept = take(M * <u64>(L * layerNumbers()));
  dStream = take(M * <u64>D);
  dNormed = take(M * <u64>D);
  dInner = take(M * <u64>I);
  dBoth = take(M * <u64>(2 * I));
  dMixed = take(M * <u64>D);
  dHeads = take(M * <u64>(3 * D));
}

/** What a layer keeps, in numbers a token: its input and middle, both normed, heads, mixture, gate and up, inner; 1 / rms; log sums. */
function layerNumbers(): i32 {
  return 8 * D + 3 * I + 2 + H;
}
function part(layer: i32, numbersBefore: i32): usize {
  return kept + ((<usize>capacity * <usize>(layer * layerNumbers() + numbersBefore)) << 2);
}
function input(layer: i32): usize {
  return layer === L ? stream : part(layer, 0);
}
function middle(layer: i32): usize {
  return part(layer, D);
}
function normedInput(layer: i32): usize {
  return part(layer, 2 * D);
}
function normedMiddle(layer: i32): usize {
  return part(layer, 3 * D);
}
function heads(layer: i32): usize {
  return part(layer, 4 * D);
}
function mixture(layer: i32): usize {
  return part(layer, 7 * D);
}
function both(layer: i32): usize {
  return part(layer, 8 * D);
}
function inner(layer: i32): usize {
  return part(layer, 8 * D + 2 * I);
}
function inverseInput(layer: i32): usize {
  return part(layer, 8 * D + 3 * I);
}
function inverseMiddle(layer: i32): usize {
  return part(layer, 8 * D + 3 * I + 1);
}
function logSums(layer: i32): usize {
  return part(layer, 8 * D + 3 * I + 2);
}

/** Logits and hidden states of `rows` tokens in `textCount` texts. */
export function forward(rows: i32, textCount: i32): void {
  const from = shareFrom(rows, 4);
  const to = shareTo(rows, 4);
  embed(input(0), tokens, from, to);
  for (let l = 0; l < L; l++) {
    norm(normedInput(l), inverseInput(l), input(l), params + attentionNorm(l), from, to);
    matmulPacked(heads(l), 3 * D, normedInput(l), D, packed(queryKeyValue(l)), D, from, to, 3 * D, D, false);
    rotate(heads(l), 3 * D, positions, 1, from, to);
    barrier();
    mixAll(l, textCount);
    barrier();
    copyRows(middle(l), input(l), D, from, to);
    matmulPacked(middle(l), D, mixture(l), D, packed(attentionOut(l)), D, from, to, D, D, true);
    norm(normedMiddle(l), inverseMiddle(l), middle(l), params + mlpNorm(l), from, to);
    matmulPacked(both(l), 2 * I, normedMiddle(l), D, packed(gateUp(l)), D, from, to, 2 * I, D, false);
    swiglu(inner(l), both(l), from, to);
    copyRows(input(l + 1), middle(l), D, from, to);
    matmulPacked(input(l + 1), D, inner(l), I, packed(down(l)), I, from, to, D, I, true);
  }
  norm(hidden, inverse, stream, params + finalNorm(), from, to);
  matmulPacked(logits, V, hidden, D, packed(0), D, from, to, V, D, false);
}

/** Every text and head, dealt out to the threads in turn. */
function mixAll(l: i32, textCount: i32): void {
  for (let unit = index(); unit < textCount * H; unit += count()) {
    const first = load<i32>(texts + ((<usize>(unit / H)) << 3));
    const length = load<i32>(texts + ((<usize>(unit / H)) << 3), 4);
    const column = (unit % H) * S;
    const q = heads(l) + ((<usize>(first * 3 * D + column)) << 2);
    const k = q + ((<usize>D) << 2);
    const v = k + ((<usize>D) << 2);
    const out = mixture(l) + ((<usize>(first * D + column)) << 2);
    attend(out, D, q, 3 * D, k, v, 3 * D, logSums(l) + ((<usize>(first * H + (unit % H))) << 2), H, length, length);
  }
}

function unmixAll(l: i32, textCount: i32): void {
  for (let unit = index(); unit < textCount * H; unit += count()) {
    const first = load<i32>(texts + ((<usize>(unit / H)) << 3));
    const length = load<i32>(texts + ((<usize>(unit / H)) << 3), 4);
    const column = (unit % H) * S;
    const offset = (<usize>(first * 3 * D + column)) << 2;
    const bytes = (<usize>D) << 2;
    const q = heads(l) + offset;
    const dq = dHeads + offset;
    const outs = (<usize>(first * D + column)) << 2;
    const sums = logSums(l) + ((<usize>(first * H + (unit % H))) << 2);
    attendBackward(
      dq,
      dq + bytes,
      dq + 2 * bytes,
      dMixed + outs,
      mixture(l) + outs,
      D,
      q,
      q + bytes,
      q + 2 * bytes,
      3 * D,
      sums,
      H,
      length,
    );
  }
}

/**
 * Cross-entropy of targets, weighted: loss = sum(w nll) / normaliser. Writes losses and hits token by token, and the logits' gradient.
 */
export function crossEntropy(rows: i32, normaliser: f32): void {
  const bytes = (<usize>V) << 2;
  const whole = V & ~3;
  for (let i = shareFrom(rows, 4); i < shareTo(rows, 4); i++) {
    const row = logits + <usize>i * bytes;
    const grad = dLogits + <usize>i * bytes;
    const weight = load<f32>(lossWeights + ((<usize>i) << 2)) / normaliser;
    if (weight === 0) {
      memory.fill(grad, 0, bytes);
      store<f32>(losses + ((<usize>i) << 2), 0);
      store<f32>(hits + ((<usize>i) << 2), 0);
      continue;
    }
    let highest = f32x4.splat(LOWEST);
    for (let j = 0; j < whole; j += 4) highest = f32x4.pmax(highest, v128.load(row + ((<usize>j) << 2)));
    let top = max4(highest);
    for (let j = whole; j < V; j++) top = max(top, load<f32>(row + ((<usize>j) << 2)));
    let sums = f32x4.splat(0);
    for (let j = 0; j < whole; j += 4) {
      const e = exp4(f32x4.sub(v128.load(row + ((<usize>j) << 2)), f32x4.splat(top)));
      v128.store(grad + ((<usize>j) << 2), e);
      sums = f32x4.add(sums, e);
    }
    let sum = sum4(sums);
    for (let j = whole; j < V; j++) {
      const e = exp1(load<f32>(row + ((<usize>j) << 2)) - top);
      store<f32>(grad + ((<usize>j) << 2), e);
      sum += e;
    }
    const share = weight / sum;
    for (let j = 0; j < whole; j += 4) {
      v128.store(grad + ((<usize>j) << 2), f32x4.mul(v128.load(grad + ((<usize>j) << 2)), f32x4.splat(share)));
    }
    for (let j = whole; j < V; j++) store<f32>(grad + ((<usize>j) << 2), load<f32>(grad + ((<usize>j) << 2)) * share);
    const target = (<usize>load<i32>(targets + ((<usize>i) << 2))) << 2;
    store<f32>(grad + target, load<f32>(grad + target) - weight);
    const logSum = top + Mathf.log(sum);
    store<f32>(losses + ((<usize>i) << 2), weight * (logSum - load<f32>(row + target)));
    store<f32>(hits + ((<usize>i) << 2), load<f32>(row + target) >= top ? weight : 0);
  }
}

/** Which of the outputs' gradients there are. */
export const OF_LOGITS: i32 = 1;
export const OF_HIDDEN: i32 = 2;

/** Adds the parameters' gradients for the outputs' gradients; overwrites `dHidden`. */
export function backward(rows: i32, textCount: i32, given: i32): void {
  const from = shareFrom(rows, 4);
  const to = shareTo(rows, 4);
  if ((given & OF_LOGITS) !== 0) {
    barrier();
    addWeightGradient(0, V, D, dLogits, V, hidden, D, rows);
    matmul(dHidden, D, dLogits, V, params, D, from, to, D, V, (given & OF_HIDDEN) !== 0);
  }
  fillRows(dStream, D, from, to);
  normBackward(dStream, dHidden, inverse, stream, params + finalNorm(), from, to);
  barrier();
  normWeightBackward(gradients + finalNorm(), dHidden, inverse, stream, rows);
  for (let l = L - 1; l >= 0; l--) {
    matmul(dInner, I, dStream, D, params + down(l), I, from, to, I, D, false);
    swigluBackward(dBoth, dInner, both(l), from, to);
    matmul(dNormed, D, dBoth, 2 * I, params + gateUp(l), D, from, to, D, 2 * I, false);
    barrier();
    addWeightGradient(down(l), D, I, dStream, D, inner(l), I, rows);
    addWeightGradient(gateUp(l), 2 * I, D, dBoth, 2 * I, normedMiddle(l), D, rows);
    normWeightBackward(gradients + mlpNorm(l), dNormed, inverseMiddle(l), middle(l), rows);
    barrier();
    normBackward(dStream, dNormed, inverseMiddle(l), middle(l), params + mlpNorm(l), from, to);
    matmul(dMixed, D, dStream, D, params + attentionOut(l), D, from, to, D, D, false);
    barrier();
    addWeightGradient(attentionOut(l), D, D, dStream, D, mixture(l), D, rows);
    unmixAll(l, textCount);
    barrier();
    rotate(dHeads, 3 * D, positions, -1, from, to);
    matmul(dNormed, D, dHeads, 3 * D, params + queryKeyValue(l), D, from, to, D, 3 * D, false);
    barrier();
    addWeightGradient(queryKeyValue(l), 3 * D, D, dHeads, 3 * D, normedInput(l), D, rows);
    normWeightBackward(gradients + attentionNorm(l), dNormed, inverseInput(l), input(l), rows);
    barrier();
    normBackward(dStream, dNormed, inverseInput(l), input(l), params + attentionNorm(l), from, to);
  }
  barrier();
  embedBackward(gradients, dStream, tokens, rows);
}

/** dW [out, inner] += dy^T x: this thread's share of its rows. */
function addWeightGradient(at: usize, out: i32, inner: i32, dy: usize, ldy: i32, x: usize, ldx: i32, rows: i32): void {
  addTransposedProduct(gradients + at, inner, dy, ldy, x, ldx, shareFrom(out, 8), shareTo(out, 8), inner, rows);
}

function copyRows(to: usize, from: usize, width: i32, first: i32, end: i32): void {
  const bytes = (<usize>width) << 2;
  memory.copy(to + <usize>first * bytes, from + <usize>first * bytes, <usize>(end - first) * bytes);
}

function fillRows(at: usize, width: i32, first: i32, end: i32): void {
  const bytes = (<usize>width) << 2;
  memory.fill(at + <usize>first * bytes, 0, <usize>(end - first) * bytes);
}
