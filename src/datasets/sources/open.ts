import { LabError } from "../../core/errors";
import type { ImportInput } from "../../ports/problem-importer";
import type { SourceRows } from "../rows/json";
import { prepended, textRows } from "../rows/text";
import { type ByteParts, type Bytes, blobBytes, type RequestOptions, remoteBytes, unzipped } from "./bytes";
import { chooseSplit, type HubDataset, hubRows, parseAddress } from "./hub";

/** What opening a source may need to know. */
export interface SourceOptions extends RequestOptions {
  /** Of a dataset on huggingface.co, where its address does not say. */
  readonly config?: string;
  readonly split?: string;
}

/** How far a source has been read. */
export interface SourceProgress {
  readonly bytes: number;
  /** Null when the source does not say. */
  readonly totalBytes: number | null;
  /** Null when the source does not say. */
  readonly totalRows: number | null;
}

/** A source that has been opened. */
export interface Reading {
  /** For people: the file's name. */
  readonly name: string;
  readonly rows: SourceRows;
  progress(): SourceProgress;
}

/**
 * Opens a source, whatever it is wrapped in.
 * @throws LabError `input/*`, at once or while rows are read; the reason of `signal`.
 */
export async function openRows(source: ImportInput, options: SourceOptions): Promise<Reading> {
  options.signal?.throwIfAborted();
  if (source.kind === "file") return fileReading(blobBytes(source.name, source.data));
  if (source.kind === "text") return fileReading(blobBytes("Pasted text", new Blob([source.text])));
  const address = parseAddress(source.url);
  if (address.kind === "hub") return hubReading(address.dataset, options);
  return fileReading(await remoteBytes(address.url, options));
}

async function hubReading(address: HubDataset, options: SourceOptions): Promise<Reading> {
  const asked = { ...address, config: options.config ?? address.config, split: options.split ?? address.split };
  const split = await chooseSplit(asked, options);
  let totalRows: number | null = null;
  return {
    name: `${split.dataset} (${split.config}, ${split.split})`,
    rows: hubRows(split, options, (rows) => {
      totalRows = rows;
    }),
    progress: () => ({ bytes: 0, totalBytes: null, totalRows }),
  };
}

function fileReading(bytes: Bytes): Reading {
  let read = 0;
  let totalRows: number | null = null;
  const rows = fileRows(
    bytes,
    (count) => {
      read += count;
    },
    (count) => {
      totalRows = count;
    },
  );
  return { name: bytes.name, rows, progress: () => ({ bytes: read, totalBytes: bytes.size, totalRows }) };
}

async function* fileRows(
  bytes: Bytes,
  onBytes: (count: number) => void,
  onRowCount: (rows: number) => void,
): SourceRows {
  const chunks = counted(bytes.stream(), onBytes);
  const head = await firstBytes(chunks);
  if (head.length === 0) throw new LabError("input/empty", `${bytes.name} is empty.`, "Choose another file.");
  if (startsWith(head, PARQUET)) {
    await chunks.return(undefined);
    const { parquetRows } = await import("../rows/parquet");
    yield* parquetRows(countedParts(await bytes.parts(), onBytes), bytes.name, onRowCount);
    return;
  }
  if (startsWith(head, ZIP)) {
    throw new LabError("input/zip", `${bytes.name} is a zip archive.`, "Unpack it and choose the file inside.");
  }
  const content = prepended(head, chunks);
  yield* textRows(startsWith(head, GZIP) ? unzipped(content, bytes.name) : content, bytes.name);
}

const PARQUET = [0x50, 0x41, 0x52, 0x31];
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const GZIP = [0x1f, 0x8b];

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** The first chunk, or the first few when they are tiny: enough to tell what kind of file it is. */
async function firstBytes(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let head = new Uint8Array(0);
  while (head.length < PARQUET.length) {
    const { done, value } = await chunks.next();
    if (done) break;
    const joined = new Uint8Array(head.length + value.length);
    joined.set(head);
    joined.set(value, head.length);
    head = joined;
  }
  return head;
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}

function countedParts(parts: ByteParts, onBytes: (count: number) => void): ByteParts {
  return {
    byteLength: parts.byteLength,
    async slice(start, end) {
      const part = await parts.slice(start, end);
      onBytes(part.byteLength);
      return part;
    },
  };
}
