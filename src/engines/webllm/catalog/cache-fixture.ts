/** A `CacheStorage` in memory, as far as model files need one. */
export function createMemoryCaches(): CacheStorage {
  const caches = new Map<string, Map<string, Response>>();
  const addressOf = (request: RequestInfo | URL) => (request instanceof Request ? request.url : String(request));
  const open = (name: string): Cache => {
    const entries = caches.get(name) ?? new Map<string, Response>();
    caches.set(name, entries);
    const cache: Pick<Cache, "match" | "put" | "delete" | "keys"> = {
      match: (request) => Promise.resolve(entries.get(addressOf(request))?.clone()),
      put: (request, response) => Promise.resolve(void entries.set(addressOf(request), response)),
      delete: (request) => Promise.resolve(entries.delete(addressOf(request as RequestInfo))),
      keys: () => Promise.resolve([...entries.keys()].map((url) => new Request(url))),
    };
    return cache as Cache;
  };
  const storage: Pick<CacheStorage, "open" | "keys"> = {
    open: (name) => Promise.resolve(open(name)),
    keys: () => Promise.resolve([...caches.keys()]),
  };
  return storage as CacheStorage;
}
