/** The caches of the package (`webllm/model`, `webllm/config`, `webllm/wasm`) have names that begin so. */
const SCOPE = "webllm/";

/** A file that the browser keeps for a model. */
export interface CachedFile {
  readonly url: string;
  readonly cache: Cache;
}

/** Everything the package has put into the Cache API. */
export async function listCachedFiles(storage: CacheStorage): Promise<readonly CachedFile[]> {
  const names = (await storage.keys()).filter((name) => name.startsWith(SCOPE));
  const lists = await Promise.all(
    names.map(async (name) => {
      const cache = await storage.open(name);
      return (await cache.keys()).map(({ url }) => ({ url, cache }));
    }),
  );
  return lists.flat();
}

/** Those of one model: what lies in its folder, and its library. */
export function filesOf(files: readonly CachedFile[], folder: string, modelLib: string): readonly CachedFile[] {
  return files.filter(({ url }) => url.startsWith(folder) || url === modelLib);
}

/** Deletes files. */
export async function deleteFiles(files: readonly CachedFile[]): Promise<void> {
  await Promise.all(files.map(({ url, cache }) => cache.delete(url)));
}

/**
 * Deletes what a wrong address may have put in place of a model's configuration, tokenizer and library; shards stay.
 */
export async function dropModelFiles(storage: CacheStorage, folder: string, modelLib: string): Promise<void> {
  const files = filesOf(await listCachedFiles(storage), folder, modelLib);
  await deleteFiles(files.filter(({ url }) => !url.endsWith(".bin")));
}

/** The bytes of a file: what a shard list says, else what its server said, else its body. */
export async function sizeOf({ url, cache }: CachedFile, shards: ReadonlyMap<string, number>): Promise<number> {
  const listed = shards.get(url);
  if (listed !== undefined) return listed;
  const response = await cache.match(url);
  if (!response) return 0;
  return (await response.blob()).size;
}
