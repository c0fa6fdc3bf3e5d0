/*
 * What one core can do at most with the instructions that the kernels have: sums that depend on nothing but themselves, in registers,
 * without memory. Written as bytes, since nothing else compiles to exactly this loop.
 */

/** Sums side by side: enough to hide an instruction's latency, few enough for V8's 15 registers. */
const SUMS = 12;

const ITERATIONS = 20_000;
const CALLS = 400;

/** Floating-point operations of one instruction: four products, four additions. */
const FLOP = 8;

/** `run(iterations, a, b)`: c = c b + a for {@link SUMS} vectors c, over and over; gives a number of their sum. */
function moduleBytes(isRelaxed: boolean): Uint8Array<ArrayBuffer> {
  const [first, factor, sums] = [3, 4, 5];
  const get = (local: number) => [0x20, local];
  const set = (local: number) => [0x21, local];
  const add = [0xfd, 0xe4, 0x01];
  const multiply = [0xfd, 0xe6, 0x01];
  const splat = (param: number, local: number) => [...get(param), 0xfd, 0x13, ...set(local)];
  const each = Array.from({ length: SUMS }, (_, i) => sums + i);
  const step = (sum: number) =>
    isRelaxed
      ? [...get(sum), ...get(factor), ...get(first), 0xfd, 0x85, 0x02, ...set(sum)]
      : [...get(sum), ...get(factor), ...multiply, ...get(first), ...add, ...set(sum)];
  const loop = [...[0x03, 0x40, ...each.flatMap(step)], ...[...get(0), 0x41, 0x01, 0x6b, 0x22, 0x00, 0x0d, 0x00, 0x0b]];
  const total = [...get(sums), ...each.slice(1).flatMap((sum) => [...get(sum), ...add]), 0xfd, 0x1f, 0x00];
  const body = [0x01, SUMS + 2, 0x7b, ...splat(1, first), ...splat(2, factor), ...loop, ...total, 0x0b];
  const length = (n: number) => (n < 128 ? [n] : [(n & 127) | 128, n >> 7]);
  const code = [0x01, ...length(body.length), ...body];
  return Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7f, 0x7d, 0x7d, 0x01, 0x7d],
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x00],
    ...[0x0a, ...length(code.length), ...code],
  );
}

/** Billions of floating-point operations a second on this thread: the best of many short runs. */
export function simdPeakGflopPerSecond(): number {
  const relaxed = moduleBytes(true);
  const bytes = WebAssembly.validate(relaxed) ? relaxed : moduleBytes(false);
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as {
    run(iterations: number, a: number, b: number): number;
  };
  let best = Number.POSITIVE_INFINITY;
  for (let call = 0; call < CALLS; call++) {
    const start = performance.now();
    // Several at once, because a page's clock is coarse.
    for (let i = 0; i < 5; i++) run(ITERATIONS, 1e-3, 1e-3);
    best = Math.min(best, (performance.now() - start) / 5);
  }
  return (ITERATIONS * SUMS * FLOP) / best / 1e6;
}
