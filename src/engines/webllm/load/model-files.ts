import { LabError } from "../../../core/errors";

/** Reads a text file of a model by its address. */
export type ReadText = (url: string, signal?: AbortSignal) => Promise<string>;

/** From what the browser has cached of it (so that a cached model loads without a network), else from the network. */
export const readCachedText: ReadText = async (url, signal) => {
  const cached = await globalThis.caches?.match(url).catch(() => undefined);
  return cached ? cached.text() : readRemoteText(url, signal);
};

/** @throws LabError `model/network` when nothing answers, `model/not-a-model` when the answer is a refusal. */
export const readRemoteText: ReadText = async (url, signal) => (await fetchFile(url, signal)).text();

/** As {@link readRemoteText}, of the answer itself. */
export async function fetchFile(url: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
  } catch (cause) {
    signal?.throwIfAborted();
    throw new LabError(
      "model/network",
      `${url} could not be reached.`,
      "Check the connection and the address; the server must allow this page to read it (CORS).",
      { cause },
    );
  }
  if (response.ok) return response;
  throw notAModel(`${url} answered ${response.status} instead of a file.`);
}

/** A model's `mlc-chat-config.json`, in which the fields that the engine reads have been seen. */
export type ChatConfig = Readonly<Record<string, unknown>>;

/** @throws LabError `model/network`, `model/not-a-model` */
export async function readChatConfig(folder: string, readText: ReadText, signal?: AbortSignal): Promise<ChatConfig> {
  const url = new URL("mlc-chat-config.json", folder).href;
  const config = parseObject(await readText(url, signal), url);
  const missing = ["tokenizer_files", "vocab_size", "conv_template"].filter((field) => !(field in config));
  if (missing.length > 0) throw notAModel(`${url} is not the configuration of an MLC model: no ${missing.join(", ")}.`);
  return config;
}

/** What `tensor-cache.json` lists: the shards and their sizes. */
export interface ShardList {
  /** Bytes of each shard, by its address. */
  readonly bytes: ReadonlyMap<string, number>;
  readonly totalBytes: number;
}

/** Its name, and the one that versions of the package before 0.2.80 read. */
const SHARD_LISTS = ["tensor-cache.json", "ndarray-cache.json"];

/** The text of a model's list of shards. @throws LabError `model/network`, `model/not-a-model` */
export async function readShardListText(folder: string, readText: ReadText): Promise<string> {
  const [url, earlier] = SHARD_LISTS.map((name) => new URL(name, folder).href) as [string, string];
  return readText(url).catch((error) =>
    readText(earlier).catch(() => {
      throw error;
    }),
  );
}

/** @throws LabError `model/network`, `model/not-a-model` */
export async function readShardList(folder: string, readText: ReadText): Promise<ShardList> {
  const url = new URL("tensor-cache.json", folder).href;
  const { records } = parseObject(await readShardListText(folder, readText), url);
  if (!Array.isArray(records)) throw notAModel(`${url} lists no shards.`);
  const bytes = new Map<string, number>();
  for (const { dataPath, nbytes } of records as { dataPath?: unknown; nbytes?: unknown }[]) {
    if (typeof dataPath === "string" && typeof nbytes === "number") bytes.set(new URL(dataPath, folder).href, nbytes);
  }
  return { bytes, totalBytes: [...bytes.values()].reduce((sum, size) => sum + size, 0) };
}

/** @returns the error for something that answers but is no model. */
export function notAModel(message: string, options?: ErrorOptions): LabError {
  const hint =
    "Give the address of a folder that holds mlc-chat-config.json and its shards, and of its compiled .wasm.";
  return new LabError("model/not-a-model", message, hint, options);
}

function parseObject(text: string, url: string): ChatConfig {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as ChatConfig;
  } catch {
    // Said below, with what came instead.
  }
  const what = /^\s*</.test(text) ? "a web page" : "not JSON";
  throw notAModel(`${url} is ${what} instead of a model's file.`);
}

/** The caches of the package (`webllm/model`, `webllm/config`, `webllm/wasm`) have names that begin so. */
const SCOPE = "webllm/";

/** A file that the browser keeps for a model. */
export interface CachedFile {
  readonly url: string;
  readonly cache: Cache;
}

/** Everything the package has put into the Cache API, which is missing from pages over plain http and may be withheld from others. */
export async function listCachedFiles(storage: CacheStorage | undefined): Promise<readonly CachedFile[]> {
  if (!storage) return [];
  const names = (await storage.keys().catch(() => [])).filter((name) => name.startsWith(SCOPE));
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
