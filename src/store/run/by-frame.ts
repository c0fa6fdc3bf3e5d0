/** Most items of one frame: what the drawing can take in without making the page wait. */
const MOST_PER_FRAME = 100;

/**
 * Hands batches over frame by frame, in order, nothing lost; resolves when all has been handed over. Rejects with what the
 * source or `take` throws, after handing over what arrived before.
 */
export async function takeByFrame<Item>(
  batches: AsyncIterable<readonly Item[]>,
  nextFrame: (callback: () => void) => void,
  take: (items: readonly Item[]) => void,
): Promise<void> {
  const waiting: Item[] = [];
  let handing: Promise<void> | null = null;
  let refused: { readonly error: unknown } | null = null;

  const handOver = async () => {
    while (waiting.length > 0) {
      await new Promise<void>((resolve, reject) =>
        nextFrame(() => {
          try {
            resolve(take(waiting.splice(0, MOST_PER_FRAME)));
          } catch (error) {
            reject(error);
          }
        }),
      );
    }
    handing = null;
  };
  const settle = async () => {
    await handing;
    if (refused !== null) throw refused.error;
  };

  try {
    for await (const batch of batches) {
      if (refused !== null) break;
      waiting.push(...batch);
      handing ??= handOver().catch((error: unknown) => {
        refused = { error };
      });
    }
  } catch (error) {
    await settle();
    throw error;
  }
  await settle();
}
