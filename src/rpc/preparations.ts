import type { Preparation } from "../ports/experiment-runner";

/**
 * What a call tells of its progress, as a stream that ends with the call, or soon after `signal` fires, whatever the call
 * still does. Throws what the call throws.
 */
export async function* preparationsOf(
  call: (tell: (preparation: Preparation) => void) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<Preparation, void> {
  let waiting: Preparation[] = [];
  let wake = () => {};
  let isOver = false;
  const over = call((preparation) => {
    waiting.push(preparation);
    wake();
  }).finally(() => {
    isOver = true;
    wake();
  });
  // It is awaited below; until then its failure is nobody's.
  over.catch(() => {});
  const stop = () => wake();
  signal.addEventListener("abort", stop);
  try {
    while (!signal.aborted && (!isOver || waiting.length > 0)) {
      const told = waiting;
      waiting = [];
      yield* told;
      if (!isOver && waiting.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    }
    if (!signal.aborted) await over;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
