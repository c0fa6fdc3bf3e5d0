import { LabError } from "../core/errors";
import { unzipped } from "./gunzip";
import type { ReadOptions, ReadProgress } from "./read-options";
import type { SourceRows } from "./row";
import type { DatasetSource } from "./source";
import { textRows } from "./text-rows";

/** A source that has been opened. */
export interface Reading {
  /** For people: the file's name. */
  readonly name: string;
  readonly rows: SourceRows;
  progress(): Omit<ReadProgress, "rows">;
}

/** Opens a source, whatever it is wrapped in. @throws LabError `input/*`, at once or while rows are read. */
export async function openRows(source: DatasetSource, options: ReadOptions): Promise<Reading> {
  const { name, data } =
    source.kind === "file" ? source : { name: "The text", data: new Blob([source.kind === "text" ? source.text : ""]) };
  void options;
  let bytes = 0;
  const chunks = async function* () {
    for await (const chunk of data.stream()) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  return {
    name,
    rows: contentRows(chunks(), name),
    progress: () => ({ bytes, totalBytes: data.size, totalRows: null }),
  };
}

async function* contentRows(chunks: AsyncGenerator<Uint8Array>, name: string): SourceRows {
  const { done, value } = await chunks.next();
  if (done) throw new LabError("input/empty", `${name} is empty.`, "Choose another file.");
  const all = prepended(value, chunks);
  yield* textRows(value[0] === 0x1f && value[1] === 0x8b ? unzipped(all, name) : all, name);
}

async function* prepended(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
