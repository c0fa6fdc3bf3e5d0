/*
 * Reading prompts and writing on, with keys and values kept: a pool of slots, one a token, of which each text has a range. Siblings
 * share the range of their prompt, each has a range of its own for what it writes.
 */

import { matmul } from "./matmul";
import {
  attend,
  attentionNorm,
  attentionOut,
  attentionScratch,
  D,
  down,
  embed,
  finalNorm,
  gateUp,
  H,
  I,
  L,
  mlpNorm,
  norm,
  params,
  queryKeyValue,
  rotate,
  S,
  softmax,
  swiglu,
  transposed,
  V,
} from "./network";
import { dot, F32 } from "./simd";
import { barrier, count, index, isFirst, shareFrom, shareTo } from "./threads";

/** Slots of the pool, and tokens of one pass. */
let slots: i32 = 0;

/** Inputs [M] int32 each: tokens and their positions, and for prompts (first row, rows, first slot, slots known before). */
export let tokens: usize = 0;
export let positions: usize = 0;
export let prompts: usize = 0;
/** For each row that writes on: (first slot of its prompt, its length, first slot of its own, slots written before). */
export let rowRanges: usize = 0;
/** [rows, V]: of each prompt's last token, or of each row's. */
export let logits: usize = 0;

let keys: usize = 0;
let values: usize = 0;
let stream: usize = 0;
let normed: usize = 0;
let inverse: usize = 0;
let heads: usize = 0;
let mixed: usize = 0;
let both: usize = 0;
let inner: usize = 0;
let scratch: usize = 0;
let scratchBytes: usize = 0;

/** Lays the buffers out from `base`; returns where they end. `longest`: slots of prompt and writing together. */
export function layOutDecoding(base: usize, maxSlots: i32, maxTokens: i32, longest: i32, threads: i32): usize {
  slots = maxSlots;
  const M = <usize>maxTokens;
  let at = base;
  tokens = at;
  at += M * F32;
  positions = at;
  at += M * F32;
  prompts = at;
  at += 4 * M * F32;
  rowRanges = at;
  at += 4 * M * F32;
  logits = at;
  at += M * <usize>V * F32;
  const pool = <usize>L * <usize>maxSlots * <usize>D * F32;
  keys = at;
  at += pool;
  values = at;
  at += pool;
  stream = at;
  at += M * <usize>D * F32;
  normed = at;
  at += M * <usize>D * F32;
  inverse = at;
  at += M * F32;
  heads = at;
  at += M * <usize>(3 * D) * F32;
  mixed = at;
  at += M * <usize>D * F32;
  both = at;
  at += M * <usize>(2 * I) * F32;
  inner = at;
  at += M * <usize>I * F32;
  scratchBytes = (<usize>(attentionScratch(longest) + longest + 8)) << 2;
  scratch = at;
  at += <usize>threads * scratchBytes;
  return at;
}

function slotAt(pool: usize, layer: i32, slot: i32): usize {
  return pool + ((<usize>(layer * slots + slot) * <usize>D) << 2);
}

/** Copies what is kept of `n` slots to others: a longer prompt begins with what is known. */
export function copySlots(from: i32, to: i32, n: i32): void {
  const bytes = (<usize>(n * D)) << 2;
  for (let l = 0; l < L; l++) {
    memory.copy(slotAt(keys, l, to), slotAt(keys, l, from), bytes);
    memory.copy(slotAt(values, l, to), slotAt(values, l, from), bytes);
  }
}

/** Puts keys and values of one row into its slot. */
function keep(layer: i32, row: i32, slot: i32): void {
  const bytes = (<usize>D) << 2;
  const key = heads + <usize>row * 3 * bytes + bytes;
  memory.copy(slotAt(keys, layer, slot), key, bytes);
  memory.copy(slotAt(values, layer, slot), key + bytes, bytes);
}

/** Reads the new tokens of `promptCount` prompts, `rows` in all; logits of the last of each. */
export function prefill(rows: i32, promptCount: i32): void {
  const from = shareFrom(rows, 4);
  const to = shareTo(rows, 4);
  embed(stream, tokens, from, to);
  for (let l = 0; l < L; l++) {
    norm(normed, inverse, stream, params + attentionNorm(l), from, to);
    matmul(heads, 3 * D, normed, D, 1, transposed + queryKeyValue(l), 3 * D, from, to, 3 * D, D, false);
    rotate(heads, 3 * D, positions, 1, from, to);
    barrier();
    for (let unit = index(); unit < promptCount * H; unit += count()) mixPrompt(l, unit / H, unit % H);
    barrier();
    matmul(stream, D, mixed, D, 1, transposed + attentionOut(l), D, from, to, D, D, true);
    norm(normed, inverse, stream, params + mlpNorm(l), from, to);
    matmul(both, 2 * I, normed, D, 1, transposed + gateUp(l), 2 * I, from, to, 2 * I, D, false);
    swiglu(inner, both, from, to);
    matmul(stream, D, inner, I, 1, transposed + down(l), D, from, to, D, I, true);
  }
  barrier();
  if (isFirst()) {
    const bytes = (<usize>D) << 2;
    for (let p = 0; p < promptCount; p++) {
      const at = prompts + <usize>p * 4 * F32;
      const last = load<i32>(at) + load<i32>(at, F32) - 1;
      memory.copy(mixed + <usize>p * bytes, stream + <usize>last * bytes, bytes);
    }
    norm(normed, inverse, mixed, params + finalNorm(), 0, promptCount);
  }
  barrier();
  columns(logits, V, normed, D, 0, promptCount, false);
}

/** One head of one prompt: its new keys and values go into their slots, then its new tokens look at all of them. */
function mixPrompt(l: i32, prompt: i32, head: i32): void {
  const at = prompts + <usize>prompt * 4 * F32;
  const row = load<i32>(at);
  const n = load<i32>(at, F32);
  const slot = load<i32>(at, 2 * F32);
  const known = load<i32>(at, 3 * F32);
  const column = (<usize>(head * S)) << 2;
  const bytes = (<usize>S) << 2;
  for (let i = 0; i < n; i++) {
    const key = heads + ((<usize>((row + i) * 3 * D + D)) << 2) + column;
    memory.copy(slotAt(keys, l, slot + known + i) + column, key, bytes);
    memory.copy(slotAt(values, l, slot + known + i) + column, key + ((<usize>D) << 2), bytes);
  }
  attend(
    mixed + ((<usize>(row * D)) << 2) + column,
    D,
    heads + ((<usize>(row * 3 * D)) << 2) + column,
    3 * D,
    slotAt(keys, l, slot) + column,
    slotAt(values, l, slot) + column,
    D,
    0,
    0,
    n,
    known + n,
    scratch + <usize>index() * scratchBytes,
  );
}

/** Reads one token for each of `rows` rows; logits after each. */
export function step(rows: i32): void {
  const from = shareFrom(rows, 1);
  const to = shareTo(rows, 1);
  embed(stream, tokens, from, to);
  for (let l = 0; l < L; l++) {
    norm(normed, inverse, stream, params + attentionNorm(l), from, to);
    barrier();
    columns(heads, 3 * D, normed, D, queryKeyValue(l), rows, false);
    barrier();
    rotate(heads, 3 * D, positions, 1, from, to);
    for (let i = from; i < to; i++) {
      const at = rowRanges + <usize>i * 4 * F32;
      keep(l, i, load<i32>(at, 2 * F32) + load<i32>(at, 3 * F32));
    }
    barrier();
    for (let unit = index(); unit < rows * H; unit += count()) mixRow(l, unit / H, unit % H);
    barrier();
    columns(stream, D, mixed, D, attentionOut(l), rows, true);
    barrier();
    norm(normed, inverse, stream, params + mlpNorm(l), from, to);
    barrier();
    columns(both, 2 * I, normed, D, gateUp(l), rows, false);
    barrier();
    swiglu(inner, both, from, to);
    barrier();
    columns(stream, D, inner, I, down(l), rows, true);
    barrier();
  }
  norm(normed, inverse, stream, params + finalNorm(), from, to);
  barrier();
  columns(logits, V, normed, D, 0, rows, false);
}

/** y [rows, n] (+)= x [rows, k] W^T: this thread's share of the columns. */
function columns(y: usize, n: i32, x: usize, k: i32, weight: usize, rows: i32, add: bool): void {
  const first = shareFrom(n, 32);
  const at = (<usize>first) << 2;
  matmul(y + at, n, x, k, 1, transposed + weight + at, n, 0, rows, shareTo(n, 32) - first, k, add);
}

/** One head of one row: its query looks at the prompt's slots and at its own. */
function mixRow(l: i32, row: i32, head: i32): void {
  const at = rowRanges + <usize>row * 4 * F32;
  const column = (<usize>(head * S)) << 2;
  const promptSlot = load<i32>(at);
  const promptLength = load<i32>(at, F32);
  const ownSlot = load<i32>(at, 2 * F32);
  const ownLength = load<i32>(at, 3 * F32) + 1;
  const weights = scratch + <usize>index() * scratchBytes;
  const query = heads + ((<usize>(row * 3 * D)) << 2) + column;
  const all = promptLength + ownLength;
  look(weights, query, slotAt(keys, l, promptSlot) + column, promptLength);
  look(weights + ((<usize>promptLength) << 2), query, slotAt(keys, l, ownSlot) + column, ownLength);
  softmax(weights, all, all, 1 / sqrt<f32>(<f32>S));
  const out = mixed + ((<usize>(row * D)) << 2) + column;
  matmul(out, D, weights, all, 1, slotAt(values, l, promptSlot) + column, D, 0, 1, S, promptLength, false);
  const own = weights + ((<usize>promptLength) << 2);
  matmul(out, D, own, all, 1, slotAt(values, l, ownSlot) + column, D, 0, 1, S, ownLength, true);
}

/** The products of a query with `n` keys. */
function look(products: usize, query: usize, key: usize, n: i32): void {
  for (let i = 0; i < n; i++, products += F32, key += (<usize>D) << 2) store<f32>(products, dot(query, key, S));
}
