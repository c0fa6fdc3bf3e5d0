import { Gunzip } from "fflate";
import { LabError } from "../../core/errors";

/** The bytes of a file, wherever it lies: from the beginning on, or any part of them. */
export interface Bytes {
  /** For people. */
  readonly name: string;
  /** Null when the server does not say. */
  readonly size: number | null;
  /** All of them; once only. */
  stream(): AsyncGenerator<Uint8Array>;
  /** The same bytes as parts to be read in any order; called instead of reading `stream` to its end. */
  parts(): Promise<ByteParts>;
}

/** Bytes that can be read in any order; hyparquet's form. */
export interface ByteParts {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** The bytes of a file on this machine. */
export function blobBytes(name: string, data: Blob): Bytes {
  return {
    name,
    size: data.size,
    stream: () => eachOf(chunksOf(data.stream()), (call) => fromDisk(name, call)),
    parts: async () =>
      partsOf(name, data.size, (start, end) => fromDisk(name, () => data.slice(start, end).arrayBuffer())),
  };
}

/** Where a part lies says the file itself, so it may be nowhere. */
function partsOf(
  name: string,
  byteLength: number,
  slice: (start: number, end: number) => Promise<ArrayBuffer>,
): ByteParts {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const from = start < 0 ? Math.max(0, byteLength + start) : start;
      if (Number.isInteger(from) && from <= end && end <= byteLength) return slice(from, end);
      throw new LabError("input/truncated", `${name} names bytes that it does not have.`, "Fetch the file again.");
    },
  };
}

/** Awaits something that reads a file of this machine. */
async function fromDisk<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    const message = `${name} can no longer be read: it was changed or moved meanwhile.`;
    throw new LabError("input/unreadable", message, "Choose it again.", { cause: thrown });
  }
}

/** The bytes at an address. @throws LabError `input/unreachable` or `input/http`; the reason of `signal`. */
export async function remoteBytes(url: string, options: RequestOptions): Promise<Bytes> {
  const response = await request(url, options);
  const length = Number(response.headers.get("Content-Length") ?? Number.NaN);
  const size = Number.isSafeInteger(length) && length >= 0 ? length : null;
  const { pathname, host } = new URL(url);
  const name = decoded(pathname.split("/").pop() || host);
  return {
    name,
    size,
    stream: () => eachOf(chunksOf(response.body), (call) => overNetwork(url, options, call)),
    async parts() {
      if (size === null) return wholeFile(url, options);
      return partsOf(name, size, (start, end) => part(url, options, start, end));
    },
  };
}

/** A part of a file, by a range request; of a server that knows none, cut out of the whole. */
async function part(url: string, options: RequestOptions, start: number, end: number): Promise<ArrayBuffer> {
  const response = await request(url, options, { Range: `bytes=${start}-${end - 1}` });
  const bytes = await overNetwork(url, options, () => response.arrayBuffer());
  const wanted = response.status === 206 ? bytes : bytes.slice(start, end);
  if (wanted.byteLength === end - start) return wanted;
  throw new LabError("input/truncated", `${url} gave fewer bytes than it has.`, "Try again.");
}

async function wholeFile(url: string, options: RequestOptions): Promise<ByteParts> {
  const response = await request(url, options);
  const bytes = await overNetwork(url, options, () => response.arrayBuffer());
  return partsOf(url, bytes.byteLength, async (start, end) => bytes.slice(start, end));
}

/** What a sequence yields, each awaited within `guard`, which puts faults into words. */
async function* eachOf<T>(
  all: AsyncGenerator<T, void>,
  guard: (call: () => Promise<IteratorResult<T, void>>) => Promise<IteratorResult<T, void>>,
): AsyncGenerator<T> {
  try {
    for (;;) {
      const next = await guard(() => all.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await all.return();
  }
}

async function* chunksOf(stream: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array, void> {
  if (stream === null) return;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // What is not read to its end is not needed: let go of the connection.
    await reader.cancel().catch(() => {});
  }
}

/** How to ask for an address. */
export interface RequestOptions {
  /** The browser's own without it. */
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
}

/** A part of an address without its percent signs, if they mean something. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * Fetches an address.
 * @throws LabError `input/unreachable` when no answer comes or may be read, `input/http` when it says no; the reason of
 * `signal`.
 */
export async function request(
  url: string,
  options: RequestOptions,
  headers?: Record<string, string>,
): Promise<Response> {
  const { signal } = options;
  const response = await overNetwork(url, options, () =>
    (options.fetch ?? fetch)(url, { ...(signal ? { signal } : {}), ...(headers ? { headers } : {}) }),
  );
  if (!response.ok) throw refusal(url, response);
  return response;
}

/** Awaits something that needs the network; see {@link request}. */
export async function overNetwork<T>(url: string, { signal }: RequestOptions, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    signal?.throwIfAborted();
    if (thrown instanceof LabError) throw thrown;
    throw new LabError(
      "input/unreachable",
      `${new URL(url).host} cannot be read from here: it did not answer, the connection broke, or it does not let other ` +
        "pages read it (CORS).",
      "Download the file and drop it here.",
      { cause: thrown },
    );
  }
}

function refusal(url: string, { status }: Response): LabError {
  const { host, pathname } = new URL(url);
  const [sentence, hint] = {
    401: [`${host} wants a login for ${pathname}.`, "Download the file and drop it here."],
    403: [`${host} does not hand out ${pathname}.`, "Download the file and drop it here."],
    404: [`There is nothing at ${url}.`, "Check the address."],
    429: [`${host} has had too many requests.`, "Wait a minute and try again."],
  }[status] ?? [
    `${host} answered with the error ${status}.`,
    "Try again later, or download the file and drop it here.",
  ];
  return new LabError("input/http", sentence ?? "", hint);
}

/**
 * The content of a gzip file, as it comes.
 * @param name for people.
 * @throws LabError `input/truncated` or `input/gzip`, after all that could be unpacked.
 */
export async function* unzipped(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const trailer = new Trailer();
  const gunzip = new Gunzip((data) => {
    trailer.unpacked(data.length);
    if (data.length > 0) ready.push(data);
  });
  gunzip.onmember = () => trailer.begin();
  try {
    for await (const chunk of chunks) {
      trailer.packed(chunk);
      gunzip.push(chunk);
      yield* ready.splice(0);
    }
    gunzip.push(new Uint8Array(0), true);
  } catch (thrown) {
    yield* ready.splice(0);
    throw gzipError(thrown, name);
  }
  yield* ready;
  if (!trailer.holds()) throw truncated(name);
}

/**
 * The last four bytes of a gzip file are the length of its content, modulo 2^32. fflate does not look at them and takes
 * a file that breaks off between two symbols for a whole one.
 */
class Trailer {
  private tail: readonly number[] = [];
  private length = 0;

  /** Another member of the same file begins: the trailer is the last one's. */
  begin(): void {
    this.length = 0;
  }

  packed(chunk: Uint8Array): void {
    this.tail = [...this.tail, ...chunk.subarray(-4)].slice(-4);
  }

  unpacked(bytes: number): void {
    this.length = (this.length + bytes) % 2 ** 32;
  }

  holds(): boolean {
    return this.tail.reduceRight((sum, byte) => sum * 256 + byte, 0) === this.length;
  }
}

function gzipError(thrown: unknown, name: string): unknown {
  if (!(thrown instanceof Error) || !("code" in thrown)) return thrown;
  if (/EOF/.test(thrown.message)) return truncated(name);
  return new LabError("input/gzip", `${name} is a damaged gzip file.`, "Fetch the file again.");
}

function truncated(name: string): LabError {
  return new LabError("input/truncated", `${name} ends before its content does.`, "Fetch the file again.");
}
