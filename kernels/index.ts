/*
 * What the host calls (src/model/wasm). Thread 0 calls `run`; the others wait in `work`. A command and its argument are two
 * numbers in shared memory; all else lies in the buffers.
 */
import { clearGradients, layOutAdamW, ranges, settings, update } from "./adamw";
import * as decoding from "./decode";
import { parameterCount, params, setPlaces, setShape, transposeAll } from "./network";
import { announce, announced, announcedArgument, awaitAfter, barrier, join, newest } from "./threads";
import * as training from "./train";

/** Commands, besides their argument each reads `argumentsAt`. */
const TRANSPOSE: i32 = 1;
const FORWARD: i32 = 2;
const CROSS_ENTROPY: i32 = 3;
const BACKWARD: i32 = 4;
const CLEAR: i32 = 5;
const UPDATE: i32 = 6;
const PREFILL: i32 = 7;
const STEP: i32 = 8;
const LEAVE: i32 = 9;

/** More arguments of a command, int32 and float32 as it wants them: eight numbers. */
const ARGUMENTS: usize = 256;

let size: i32 = 0;

/**
 * Lays everything out; every thread calls it with the same arguments. `extra` numbers follow the network's parameters (heads).
 * Returns where the memory ends, in bytes.
 * @param trainTokens most tokens of a training batch, 0 for none.
 * @param slots of the pool of keys and values, 0 for no decoding; `rows` most tokens of one pass.
 */
export function configure(
  d: i32,
  i: i32,
  l: i32,
  h: i32,
  v: i32,
  eps: f32,
  maxPositions: i32,
  extra: i32,
  trainTokens: i32,
  slots: i32,
  rows: i32,
  threads: i32,
): usize {
  setShape(d, i, l, h, v, eps);
  size = parameterCount() + extra;
  const block = ((<usize>size + 15) & ~15) << 2;
  const table = (<usize>(maxPositions * (d / h / 2))) << 2;
  const values = align(__heap_base);
  const turned = values + block;
  const cos = turned + block;
  const sin = cos + table;
  setPlaces(values, turned, cos, sin);
  let at = sin + table;
  tables = cos;
  if (trainTokens > 0) {
    const gradients = at;
    const first = gradients + block;
    const second = first + block;
    moments = first;
    blockBytes = block;
    at = layOutAdamW(second + block, values, gradients, first, second, size, 1024);
    at = training.layOutTraining(align(at), gradients, trainTokens, maxPositions, threads);
  }
  if (slots > 0) at = decoding.layOutDecoding(align(at), slots, rows, maxPositions + 32, threads);
  return align(at);
}

let tables: usize = 0;
let moments: usize = 0;
let blockBytes: usize = 0;

function align(at: usize): usize {
  return (at + 63) & ~63;
}

/** Says who this thread is, and after how many milliseconds another one that is waited for counts as gone. */
export function enter(thread: i32, threads: i32, patience: i32): void {
  join(thread, threads, patience);
}

/** Runs a command on all threads; returns when all are done. */
export function run(command: i32, argument: i32): void {
  announce(command, argument);
  perform(command, argument);
  barrier();
}

/** What the other threads do until they are told to leave. */
export function work(): void {
  for (let seen = 0; ; ) {
    awaitAfter(seen);
    seen = newest();
    const command = announced();
    if (command === LEAVE) {
      barrier();
      return;
    }
    perform(command, announcedArgument());
    barrier();
  }
}

function perform(command: i32, argument: i32): void {
  if (command === TRANSPOSE) transposeAll();
  else if (command === FORWARD) training.forward(argument, load<i32>(ARGUMENTS));
  else if (command === CROSS_ENTROPY) training.crossEntropy(argument, load<f32>(ARGUMENTS));
  else if (command === BACKWARD) training.backward(argument, load<i32>(ARGUMENTS), load<i32>(ARGUMENTS, 4));
  else if (command === CLEAR) clearGradients(size);
  else if (command === UPDATE) update(argument);
  else if (command === PREFILL) decoding.prefill(argument, load<i32>(ARGUMENTS));
  else if (command === STEP) decoding.step(argument);
}

/** See {@link decoding.copySlots}; thread 0 alone. */
export function copySlots(from: i32, to: i32, n: i32): void {
  decoding.copySlots(from, to, n);
}

/** Where the buffers are, in bytes, by the order in src/model/wasm. */
export function place(which: i32): usize {
  switch (which) {
    case 0:
      return ARGUMENTS;
    case 1:
      return params;
    case 2:
      return tables;
    case 3:
      return training.gradients;
    case 4:
      return moments;
    case 5:
      return moments + blockBytes;
    case 6:
      return ranges;
    case 7:
      return settings;
    case 8:
      return training.tokens;
    case 9:
      return training.positions;
    case 10:
      return training.targets;
    case 11:
      return training.texts;
    case 12:
      return training.lossWeights;
    case 13:
      return training.losses;
    case 14:
      return training.hidden;
    case 15:
      return training.logits;
    case 16:
      return training.dHidden;
    case 17:
      return training.dLogits;
    case 18:
      return decoding.tokens;
    case 19:
      return decoding.positions;
    case 20:
      return decoding.prompts;
    case 21:
      return decoding.rowRanges;
    case 22:
      return decoding.logits;
    default:
      return 0;
  }
}
