/*
 * Where the buffers are: one behind the other, each at the beginning of a cache line, laid out once. Every thread lays out the same.
 */
import { F32 } from "./simd";
import { index } from "./threads";

let next: usize = 0;

/** Begins behind what the compiler needs. */
export function beginLayout(): void {
  next = (__heap_base + 63) & ~63;
}

/** Room for so many numbers of four bytes. */
export function take(numbers: usize): usize {
  const at = next;
  next = (at + numbers * F32 + 63) & ~63;
  return at;
}

/** Where the last buffer ends, in bytes. */
export function layoutEnd(): usize {
  return next;
}

/** So many numbers for each thread, the first thread's first; see {@link ownRoom}. */
export function takeForEach(threads: i32, numbers: usize): usize {
  return take(<usize>threads * ((numbers + 15) & ~15));
}

/** This thread's share of what {@link takeForEach} gave. */
export function ownRoom(base: usize, numbers: usize): usize {
  return base + <usize>index() * ((numbers + 15) & ~15) * F32;
}
