import type { LabDependencies } from "./lab-state";

/**
 * Hands batches over at most once per frame, in order, nothing lost; resolves when all has been handed over. Rejects with
 * what the source or `take` throws, after handing over what arrived before.
 */
export async function coalesce<Item>(
  batches: AsyncIterable<readonly Item[]>,
  nextFrame: LabDependencies["nextFrame"],
  take: (items: readonly Item[]) => void,
): Promise<void> {
  let waiting: Item[] = [];
  let refused: { readonly error: unknown } | null = null;
  const hand = () => {
    const items = waiting;
    waiting = [];
    if (items.length === 0 || refused !== null) return;
    try {
      take(items);
    } catch (error) {
      refused = { error };
    }
  };
  const check = () => {
    if (refused !== null) throw refused.error;
  };
  try {
    for await (const batch of batches) {
      check();
      if (waiting.length === 0) nextFrame(hand);
      waiting.push(...batch);
    }
  } finally {
    hand();
  }
  check();
}
