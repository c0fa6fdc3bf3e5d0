/*
 * Reading prompts and writing on, with keys and values kept: a pool of slots, one a token, of which each text has a range. Siblings
 * share the range of their prompt, each has a range of its own for what it writes.
 */

import { addValues, attend, lookAt, softmax } from "./attention";
import { ownRoom, take, takeForEach } from "./layout";
import { matmulPacked } from "./matmul";
import {
  attentionNorm,
  attentionOut,
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
  packed,
  params,
  queryKeyValue,
  rotate,
  S,
  swiglu,
  V,
} from "./network";
import { clear, copyNumbers, F32 } from "./simd";
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
/** Each thread's own: the weights of a row. */
let rooms: usize = 0;
let roomSize: usize = 0;

/** Lays the buffers out for a pool of slots and passes of up to `maxTokens` tokens. `longest`: slots of prompt and writing together. */
export function layOutDecoding(maxSlots: i32, maxTokens: i32, longest: i32, threads: i32): void {
  slots = maxSlots;
  const M = <u64>maxTokens;
  tokens = take(M);
  positions = take(M);
  prompts = take(4 * M);
  rowRanges = take(4 * M);
  logits = take(M * <u64>V);
  keys = take(<u64>(L * D) * <u64>maxSlots);
  values = take(<u64>(L * D) * <u64>maxSlots);
  stream = take(M * <u64>D);
  normed = take(M * <u64>D);
  inverse = take(M);
  heads = take(M * <u64>(3 * D));
  mixed = take(M * <u64>D);
  both = take(M * <u64>(2 * I));
  inner = take(M * <u64>I);
  roomSize = <usize>longest + 8;
  rooms = takeForEach(threads, roomSize);
}

/** Where a head's keys or values begin for a slot: those of one head lie one behind the other. */
function slotAt(pool: usize, layer: i32, head: i32, slot: i32): usize {
  return pool + ((<usize>((layer * H + head) * slots + slot) * <usize>S) << 2);
}

/** Copies what is kept of `n` slots to others: a longer prompt begins with what is known. */
export function copySlots(from: i32, to: i32, n: i32): void {
  const bytes = (<usize>(n * S)) << 2;
  for (let l = 0; l < L; l++) {
    for (let head = 0; head < H; head++) {
      memory.copy(slotAt(keys, l, head, to), slotAt(keys, l, head, from), bytes);
      memory.copy(slotAt(values, l, head, to), slotAt(values, l, head, from), bytes);
    }
  }
}

/** Puts a head's key and value of one row of the pass into a slot. */
function keep(layer: i32, head: i32, row: i32, slot: i32): void {
  const key = heads + ((<usize>(row * 3 * D + D + head * S)) << 2);
  copyNumbers(slotAt(keys, layer, head, slot), key, S);
  copyNumbers(slotAt(values, layer, head, slot), key + ((<usize>D) << 2), S);
}

/** Reads the new tokens of `promptCount` prompts, `rows` in all; logits of the last of each. */
export function prefill(rows: i32, promptCount: i32): void {
  const from = shareFrom(rows, 4);
  const to = shareTo(rows, 4);
  embed(stream, tokens, from, to);
  for (let l = 0; l < L; l++) {
    norm(normed, inverse, stream, params + attentionNorm(l), from, to);
    matmulPacked(heads, 3 * D, normed, D, packed(queryKeyValue(l)), D, from, to, 3 * D, D, false);
    rotate(heads, 3 * D, positions, 1, from, to);
    barrier();
    for (let unit = index(); unit < promptCount * H; unit += count()) mixPrompt(l, unit / H, unit % H);
    barrier();
    matmulPacked(stream, D, mixed, D, packed(attentionOut(l)), D, from, to, D, D, true);
    norm(normed, inverse, stream, params + mlpNorm(l), from, to);
    matmulPacked(both, 2 * I, normed, D, packed(gateUp(l)), D, from, to, 2 * I, D, false);
    swiglu(inner, both, from, to);
    matmulPacked(stream, D, inner, I, packed(down(l)), I, from, to, D, I, true);
  }
  barrier();
  if (isFirst()) {
    for (let p = 0; p < promptCount; p++) {
      const at = prompts + <usize>p * 4 * F32;
      const last = load<i32>(at) + load<i32>(at, F32) - 1;
      copyNumbers(mixed + ((<usize>(p * D)) << 2), stream + ((<usize>(last * D)) << 2), D);
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
  for (let i = 0; i < n; i++) keep(l, head, row + i, slot + known + i);
  attend(
    mixed + ((<usize>(row * D)) << 2) + column,
    D,
    heads + ((<usize>(row * 3 * D)) << 2) + column,
    3 * D,
    slotAt(keys, l, head, slot),
    slotAt(values, l, head, slot),
    S,
    0,
    0,
    n,
    known + n,
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
    barrier();
    // Head by head: rows of one prompt read the same keys, one after the other.
    for (let unit = index(); unit < rows * H; unit += count()) mixRow(l, unit % rows, unit / rows);
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
  matmulPacked(y + at, n, x, k, packed(weight) + at * <usize>k, k, 0, rows, shareTo(n, 32) - first, k, add);
}

/** One head of one row: its query looks at the prompt's slots and at its own. */
function mixRow(l: i32, row: i32, head: i32): void {
  const at = rowRanges + <usize>row * 4 * F32;
  const column = (<usize>(head * S)) << 2;
  const promptSlot = load<i32>(at);
  const promptLength = load<i32>(at, F32);
  const ownSlot = load<i32>(at, 2 * F32);
  const ownLength = load<i32>(at, 3 * F32) + 1;
  keep(l, head, row, ownSlot + ownLength - 1);
  const weights = ownRoom(rooms, roomSize);
  const own = weights + ((<usize>promptLength) << 2);
  const query = heads + ((<usize>(row * 3 * D)) << 2) + column;
  const out = mixed + ((<usize>(row * D)) << 2) + column;
  const all = promptLength + ownLength;
  lookAt(weights, query, slotAt(keys, l, head, promptSlot), S, promptLength);
  lookAt(own, query, slotAt(keys, l, head, ownSlot), S, ownLength);
  softmax(weights, all, all, 1 / sqrt<f32>(<f32>S));
  clear(out, S);
  addValues(out, weights, slotAt(values, l, head, promptSlot), S, promptLength);
  addValues(out, own, slotAt(values, l, head, ownSlot), S, ownLength);
}
