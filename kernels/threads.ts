/*
 * Threads that all run the same function, each on its share of the rows, columns or heads, and meet at barriers. What a
 * thread writes depends on nothing but the numbers, so the result does not depend on how many there are.
 */

/** Where the threads agree; the first kilobyte of the memory is theirs. All are 32-bit numbers. */
const SEQUENCE: usize = 64;
const COMMAND: usize = 68;
const ARGUMENT: usize = 72;
const ARRIVED: usize = 128;
const GENERATION: usize = 192;

/** Looks before a thread goes to sleep: a barrier is met within microseconds where the threads have cores of their own. */
const SPINS: i32 = 4000;

/** So many sleeps at a barrier in a row mean that another thread is gone; one would be too few for a machine that was asleep. */
const MOST_SLEEPS: i32 = 12;

/** This thread, from 0, and how many there are. */
let self: i32 = 0;
let threads: i32 = 1;

/** Nanoseconds of one sleep at a barrier. */
let sleep: i64 = 0;

/** Says who this thread is, and after how many milliseconds at a barrier another one counts as gone. */
export function join(index: i32, count: i32, patience: i32): void {
  self = index;
  threads = count;
  sleep = (<i64>patience * 1_000_000) / MOST_SLEEPS;
}

/** From now on this thread takes itself for one of so many. */
export function beAmong(count: i32): void {
  threads = count;
}

/** Whether this thread does what only one may do. */
export function isFirst(): bool {
  return self === 0;
}

/** Which thread this is, for what each has of its own. */
export function index(): i32 {
  return self;
}

/** How many threads there are. */
export function count(): i32 {
  return threads;
}

/** The first of this thread's share of `n` things, given out in pieces of `grain`. */
export function shareFrom(n: i32, grain: i32): i32 {
  const pieces = (n + grain - 1) / grain;
  return min(n, ((pieces * self) / threads) * grain);
}

/** Behind the last of this thread's share. */
export function shareTo(n: i32, grain: i32): i32 {
  const pieces = (n + grain - 1) / grain;
  return min(n, ((pieces * (self + 1)) / threads) * grain);
}

/** Waits until all threads have come here; what they wrote before can then be read. */
export function barrier(): void {
  if (!ASC_FEATURE_THREADS) return;
  if (threads === 1) return;
  const generation = atomic.load<i32>(GENERATION);
  if (atomic.add<i32>(ARRIVED, 1) === threads - 1) {
    atomic.store<i32>(ARRIVED, 0);
    atomic.add<i32>(GENERATION, 1);
    atomic.notify(GENERATION, -1);
    return;
  }
  for (let i = 0; i < SPINS; i++) if (atomic.load<i32>(GENERATION) !== generation) return;
  for (let sleeps = 0; atomic.load<i32>(GENERATION) === generation; sleeps++) {
    // A trap: the host hears of it and goes on with one thread.
    if (sleeps === MOST_SLEEPS) unreachable();
    atomic.wait<i32>(GENERATION, generation, sleep);
  }
}

/** Tells the other threads what to run; they begin at once. */
export function announce(command: i32, argument: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  if (threads === 1) return;
  atomic.store<i32>(COMMAND, command);
  atomic.store<i32>(ARGUMENT, argument);
  atomic.add<i32>(SEQUENCE, 1);
  atomic.notify(SEQUENCE, -1);
}

/** The number of the newest announcement. */
export function newest(): i32 {
  if (!ASC_FEATURE_THREADS) return 0;
  return atomic.load<i32>(SEQUENCE);
}

/** Waits for an announcement after number `seen`. */
export function awaitAfter(seen: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  for (let i = 0; i < SPINS; i++) if (atomic.load<i32>(SEQUENCE) !== seen) return;
  while (atomic.load<i32>(SEQUENCE) === seen) atomic.wait<i32>(SEQUENCE, seen, -1);
}

/** What was announced last. */
export function announced(): i32 {
  if (!ASC_FEATURE_THREADS) return 0;
  return atomic.load<i32>(COMMAND);
}

/** Its argument. */
export function announcedArgument(): i32 {
  if (!ASC_FEATURE_THREADS) return 0;
  return atomic.load<i32>(ARGUMENT);
}
