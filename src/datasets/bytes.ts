import { LabError } from "../core/errors";
import { broken, type RequestOptions, request } from "./request";

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
    stream: () => chunksOf(data.stream()),
    parts: async () => ({ byteLength: data.size, slice: (start, end) => data.slice(start, end).arrayBuffer() }),
  };
}

/** The bytes at an address. @throws LabError `input/unreachable` or `input/http`; the reason of `signal`. */
export async function remoteBytes(url: string, options: RequestOptions): Promise<Bytes> {
  const response = await request(url, options);
  const length = response.headers.get("Content-Length");
  const size = length === null ? null : Number(length);
  const name = decodeURIComponent(new URL(url).pathname.split("/").pop() || new URL(url).host);
  return {
    name,
    size,
    async *stream() {
      if (response.body === null) return;
      const chunks = chunksOf(response.body);
      for (;;) {
        const next = await broken(url, options, () => chunks.next());
        if (next.done) return;
        yield next.value;
      }
    },
    async parts() {
      if (size === null) return wholeFile(url, options);
      return { byteLength: size, slice: (start, end = size) => part(url, options, start, end) };
    },
  };
}

/** A part of a file, by a range request; of a server that knows none, cut out of the whole. */
async function part(url: string, options: RequestOptions, start: number, end: number): Promise<ArrayBuffer> {
  const response = await request(url, options, { Range: `bytes=${start}-${end - 1}` });
  const bytes = await broken(url, options, () => response.arrayBuffer());
  const wanted = response.status === 206 ? bytes : bytes.slice(start, end);
  if (wanted.byteLength === end - start) return wanted;
  throw new LabError("input/truncated", `${url} gave fewer bytes than it has.`, "Try again.");
}

async function wholeFile(url: string, options: RequestOptions): Promise<ByteParts> {
  const response = await request(url, options);
  const bytes = await broken(url, options, () => response.arrayBuffer());
  return { byteLength: bytes.byteLength, slice: async (start, end) => bytes.slice(start, end) };
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
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
