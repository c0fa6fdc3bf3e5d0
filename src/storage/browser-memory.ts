import type { BrowserMemory } from "../ports/browser-memory";

const STORE = "memory";

/**
 * A memory in an IndexedDB of its own, for workers that need nothing else of what is stored. Where there is none, nothing is
 * remembered.
 */
export function createBrowserMemory(database = "o1-coder-lab-memory"): BrowserMemory {
  return {
    recall: (name) => within(database, "readonly", (store) => store.get(name)),
    async remember(name, value) {
      await within(database, "readwrite", (store) => store.put(value, name));
    },
  };
}

/** What one request gives; undefined when it fails. */
async function within(
  database: string,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  let open: IDBDatabase | null = null;
  try {
    const opening = indexedDB.open(database, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    open = await resultOf(opening);
    return await resultOf(ask(open.transaction(STORE, mode).objectStore(STORE)));
  } catch {
    return undefined;
  } finally {
    open?.close();
  }
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
