/*
 * AdamW (Loshchilov and Hutter 2019) in one pass over one block, with the gradient clipped to a global norm (Pascanu et al. 2013).
 */
import { take } from "./layout";
import { F32, sum4 } from "./simd";
import { barrier, isFirst, shareFrom, shareTo } from "./threads";

/** Numbers whose squares are summed together: fixed, so that the norm does not depend on the number of threads. */
const CHUNK: i32 = 4096;

/** What is trained: ranges of the block as (first, length, 1 if it decays), int32 each, as many as `ranges` says. */
export let ranges: usize = 0;
/** Settings and what came of the step, float32 each: see {@link update}. */
export let settings: usize = 0;
/** Blocks like the parameters': their gradients, and the moments of those. */
export let gradients: usize = 0;
export let first: usize = 0;
export let second: usize = 0;
let values: usize = 0;
let partials: usize = 0;

/** Lays the buffers out for a block of `size` numbers at `valuesAt` and up to `maxRanges` ranges. */
export function layOutAdamW(valuesAt: usize, size: i32, maxRanges: i32): void {
  values = valuesAt;
  gradients = take(size);
  first = take(size);
  second = take(size);
  ranges = take(3 * maxRanges);
  settings = take(16);
  partials = take(size / CHUNK + maxRanges + 1);
}

/** Sets this thread's share of the gradients to 0. */
export function clearGradients(size: i32): void {
  const from = <usize>shareFrom(size, 4);
  memory.fill(gradients + (from << 2), 0, (<usize>shareTo(size, 4) - from) << 2);
}

/**
 * One update of all ranges. Settings: 0 learning rate, 1 beta1, 2 beta2, 3 epsilon, 4 weight decay, 5 clip norm, 6 and 7 the bias
 * corrections 1 - beta^t, 8 a factor of the gradients (1 / accumulated batches). Result: 9 the gradient's norm before clipping.
 */
export function update(rangeCount: i32): void {
  const factor = load<f32>(settings, 8 * F32);
  let chunks = 0;
  for (let r = 0; r < rangeCount; r++) chunks += sumSquares(r, chunks);
  barrier();
  let total: f64 = 0;
  for (let c = 0; c < chunks; c++) total += <f64>load<f32>(partials + ((<usize>c) << 2));
  const norm = <f32>sqrt<f64>(total) * factor;
  if (isFirst()) store<f32>(settings, norm, 9 * F32);
  const clip = min<f32>(load<f32>(settings, 5 * F32) / (norm + 1e-6), 1) * factor;
  for (let r = 0; r < rangeCount; r++) updateRange(r, clip);
}

/** The squares of this thread's share of a range's chunks; returns how many chunks the range has. */
function sumSquares(r: i32, chunksBefore: i32): i32 {
  const start = load<i32>(ranges + <usize>r * 3 * F32);
  const length = load<i32>(ranges + <usize>r * 3 * F32, F32);
  const chunks = (length + CHUNK - 1) / CHUNK;
  for (let c = shareFrom(chunks, 1); c < shareTo(chunks, 1); c++) {
    let at = gradients + ((<usize>(start + c * CHUNK)) << 2);
    const n = min(CHUNK, length - c * CHUNK);
    let sums = f32x4.splat(0);
    const whole = at + ((<usize>(n & ~3)) << 2);
    for (; at < whole; at += 16) {
      const g = v128.load(at);
      sums = f32x4.add(sums, f32x4.mul(g, g));
    }
    let sum = sum4(sums);
    for (let j = n & ~3; j < n; j++, at += F32) sum += load<f32>(at) * load<f32>(at);
    store<f32>(partials + ((<usize>(chunksBefore + c)) << 2), sum);
  }
  return chunks;
}

function updateRange(r: i32, clip: f32): void {
  const start = load<i32>(ranges + <usize>r * 3 * F32);
  const length = load<i32>(ranges + <usize>r * 3 * F32, F32);
  const decays = load<i32>(ranges + <usize>r * 3 * F32, 2 * F32);
  const rate = load<f32>(settings);
  const beta1 = load<f32>(settings, F32);
  const beta2 = load<f32>(settings, 2 * F32);
  const eps = load<f32>(settings, 3 * F32);
  const decay: f32 = decays !== 0 ? load<f32>(settings, 4 * F32) : 0;
  const correction1: f32 = 1 / load<f32>(settings, 6 * F32);
  const correction2: f32 = 1 / load<f32>(settings, 7 * F32);
  const b1 = f32x4.splat(beta1),
    c1 = f32x4.splat(1 - beta1);
  const b2 = f32x4.splat(beta2),
    c2 = f32x4.splat(1 - beta2);
  const from = start + shareFrom(length, 4);
  const to = start + shareTo(length, 4);
  const whole = from + ((to - from) & ~3);
  for (let j = from; j < whole; j += 4) {
    const at = (<usize>j) << 2;
    const g = f32x4.mul(v128.load(gradients + at), f32x4.splat(clip));
    const m = f32x4.add(f32x4.mul(v128.load(first + at), b1), f32x4.mul(g, c1));
    const v = f32x4.add(f32x4.mul(v128.load(second + at), b2), f32x4.mul(f32x4.mul(g, g), c2));
    const deviation = f32x4.add(f32x4.sqrt(f32x4.mul(v, f32x4.splat(correction2))), f32x4.splat(eps));
    const direction = f32x4.div(f32x4.mul(m, f32x4.splat(correction1)), deviation);
    const p = v128.load(values + at);
    const step = f32x4.mul(f32x4.add(direction, f32x4.mul(p, f32x4.splat(decay))), f32x4.splat(rate));
    v128.store(values + at, f32x4.sub(p, step));
    v128.store(first + at, m);
    v128.store(second + at, v);
  }
  for (let j = whole; j < to; j++) {
    const at = (<usize>j) << 2;
    const g = load<f32>(gradients + at) * clip;
    const m = load<f32>(first + at) * beta1 + g * (1 - beta1);
    const v = load<f32>(second + at) * beta2 + g * g * (1 - beta2);
    const p = load<f32>(values + at);
    const direction = (m * correction1) / (sqrt<f32>(v * correction2) + eps);
    store<f32>(values + at, p - (direction + p * decay) * rate);
    store<f32>(first + at, m);
    store<f32>(second + at, v);
  }
}
