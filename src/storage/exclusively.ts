import { deferred } from "../core/deferred";

/**
 * Does something that only one tab of this browser may do at a time.
 * @returns false, with nothing done, when another one is at it.
 */
export async function exclusively(name: string, work: () => Promise<void>): Promise<boolean> {
  // Pages that were not served securely have no locks; they have no second tab to fear either, but for carelessness.
  if (!("locks" in navigator)) {
    await work();
    return true;
  }
  let hasBegun = false;
  const begin = async (lock: Lock | null) => {
    hasBegun = true;
    if (lock === null) return false;
    await work();
    return true;
  };
  try {
    return await navigator.locks.request(name, { ifAvailable: true }, begin);
  } catch (thrown) {
    if (hasBegun) throw thrown;
    // A browser that keeps nothing for this page has no locks for it either.
    await work();
    return true;
  }
}

/** Takes a name for this tab until what it returns is called; null when another one has it. */
export function claim(name: string): Promise<(() => void) | null> {
  const claimed = deferred<(() => void) | null>();
  const work = () => {
    const released = deferred<void>();
    claimed.resolve(() => released.resolve());
    return released.promise;
  };
  exclusively(name, work).then((had) => {
    if (!had) claimed.resolve(null);
  }, claimed.reject);
  return claimed.promise;
}
