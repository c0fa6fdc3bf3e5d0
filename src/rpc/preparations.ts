import type { Preparation } from "../ports/experiment-runner";

/** What a call tells of its progress, as a stream that ends with the call. Throws what the call throws. */
export async function* preparationsOf(
  call: (tell: (preparation: Preparation) => void) => Promise<void>,
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
  while (!isOver || waiting.length > 0) {
    const told = waiting;
    waiting = [];
    yield* told;
    if (!isOver && waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
  }
  await over;
}
