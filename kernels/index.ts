/*
 * What the host calls (src/model/wasm). Thread 0 calls `run`; the others wait in `work`. A command and its argument are two
 * numbers in shared memory; all else lies in the buffers.
 */
import { clearGradients, first, gradients, layOutAdamW, ranges, second, settings, update } from "./adamw";
import * as decoding from "./decode";
import { beginLayout, layoutEnd } from "./layout";
import { layOutNetwork, packAll, params, rotary, size } from "./network";
import { announce, announced, announcedArgument, awaitAfter, barrier, beAmong, count, join, newest } from "./threads";
import * as training from "./train";

/** Commands, besides their argument each reads `argumentsAt`. */
const PACK: i32 = 1;
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

/**
 * Lays everything out; every thread calls it with the same arguments. `extra` numbers follow the network's parameters (heads).
 * Returns where the memory ends, in bytes, be it more than there is.
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
): f64 {
  beginLayout();
  layOutNetwork(d, i, l, h, v, eps, maxPositions, extra, threads);
  if (trainTokens > 0) {
    layOutAdamW(params, size, 1024);
    training.layOutTraining(gradients, trainTokens);
  }
  if (slots > 0) decoding.layOutDecoding(slots, rows, maxPositions + 32, threads);
  return layoutEnd();
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

/** Runs a command on this thread alone: what is written then is not half written when another one dies. */
export function runAlone(command: i32, argument: i32): void {
  const all = count();
  beAmong(1);
  perform(command, argument);
  beAmong(all);
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
  if (command === PACK) packAll();
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
      return rotary;
    case 3:
      return gradients;
    case 4:
      return first;
    case 5:
      return second;
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
    case 23:
      return training.hits;
    default:
      return 0;
  }
}
