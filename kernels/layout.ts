/*
 * Where the buffers are: one behind the other, each at the beginning of a cache line, laid out once. Every thread lays out the same.
 */
import { F32 } from "./simd";
import { index } from "./threads";

/** Wider than an address: what does not fit into four gigabytes must not begin anew at the front. */
let next: u64 = 0;

/** Begins behind what the compiler needs. */
export function beginLayout(): void {
  next = <u64>(__heap_base + 63) & ~63;
}

/** Room for so many numbers of four bytes. */
export function take(numbers: u64): usize {
  const at = <usize>next;
  next = (next + numbers * F32 + 63) & ~63;
  return at;
}

/** Where the last buffer ends, in bytes: more than there can be addresses, when it is too much. */
export function layoutEnd(): f64 {
  return <f64>next;
}

/** So many numbers for each thread, the first thread's first; see {@link ownRoom}. */
export function takeForEach(threads: i32, numbers: usize): usize {
  return take(<u64>threads * ((numbers + 15) & ~15));
}

/** This thread's share of what {@link takeForEach} gave. */
export function ownRoom(base: usize, numbers: usize): usize {
  return base + <usize>index() * ((numbers + 15) & ~15) * F32;
}
