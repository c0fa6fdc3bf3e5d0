/** Does all the work at once; when one piece fails, the others are cancelled and its error is thrown. */
export async function together<Item, Result>(
  items: readonly Item[],
  caller: AbortSignal | undefined,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<readonly Result[]> {
  const group = new AbortController();
  const signal = caller ? AbortSignal.any([caller, group.signal]) : group.signal;
  try {
    return await Promise.all(items.map((item) => work(item, signal)));
  } catch (thrown) {
    group.abort(thrown);
    throw thrown;
  }
}
