import { gunzipSync } from "fflate";
import {
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type RowGroup,
} from "hyparquet";
import { LabError } from "../../core/errors";
import type { JsonValue } from "../../core/problem";
import { integerOf } from "../../core/problem";
import type { ByteParts } from "../sources/bytes";
import { parseExactJson, type SourceRow, type SourceRows, toRow, valueFault } from "./json";

/** What a group of rows may be packed with. */
const CODECS = ["UNCOMPRESSED", "SNAPPY", "GZIP"];

/**
 * The rows of a Parquet file, one group of rows in memory at a time; only the parts that are needed are read.
 * @param name for people.
 * @param onRowCount told once how many rows there are.
 * @throws LabError `input/*` when the file is cut off, damaged, or packed in a way that cannot be read.
 */
export async function* parquetRows(file: ByteParts, name: string, onRowCount: (rows: number) => void): SourceRows {
  const metadata = await metadataOf(file, name);
  onRowCount(Number(metadata.num_rows));
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    checkCodecs(group, name);
    const rowEnd = rowStart + Number(group.num_rows);
    yield* await groupRows({ file, metadata, rowStart, rowEnd }, name);
    rowStart = rowEnd;
  }
}

async function metadataOf(file: ByteParts, name: string): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(file);
  } catch (thrown) {
    if (thrown instanceof LabError) throw thrown;
    throw new LabError(
      "input/truncated",
      `${name} is cut off or damaged: the end of the Parquet file, which says where everything lies, cannot be read.`,
      "Fetch the file again.",
      { cause: thrown },
    );
  }
}

function checkCodecs({ columns }: RowGroup, name: string): void {
  const codec = columns
    .map((column) => column.meta_data?.codec ?? "UNCOMPRESSED")
    .find((each) => !CODECS.includes(each));
  if (codec === undefined) return;
  throw new LabError(
    "input/codec",
    `${name} is packed with ${codec}, which cannot be read here.`,
    "Write it with Snappy or without compression, or use JSON lines.",
  );
}

const COMPRESSORS: Compressors = { GZIP: (input) => gunzipSync(input) };

interface Group {
  readonly file: ByteParts;
  readonly metadata: FileMetaData;
  readonly rowStart: number;
  readonly rowEnd: number;
}

async function groupRows(group: Group, name: string): Promise<readonly SourceRow[]> {
  try {
    const rows: Record<string, unknown>[] = [];
    // One column after the other: of several that are read at once, hyparquet leaves the later faults to nobody.
    for (const { element } of parquetSchema(group.metadata).children) {
      const cells: readonly Record<string, unknown>[] = await parquetReadObjects({
        ...group,
        file: withHeardFaults(group.file),
        columns: [element.name],
        compressors: COMPRESSORS,
        parsers: { jsonFromBytes: (bytes) => parseExactJson(new TextDecoder().decode(bytes)) },
      });
      for (const [i, cell] of cells.entries()) rows[i] = Object.assign(rows[i] ?? {}, cell);
    }
    return rows.map(sourceRow);
  } catch (thrown) {
    if (thrown instanceof LabError || (thrown instanceof Error && thrown.name === "AbortError")) throw thrown;
    throw new LabError(
      "input/damaged",
      `${name} is damaged from row ${group.rowStart + 1} on.`,
      "Fetch the file again.",
      { cause: thrown },
    );
  }
}

/** hyparquet asks for parts ahead of time, and forgets about them when something else fails first. */
function withHeardFaults(file: ByteParts): ByteParts {
  return {
    byteLength: file.byteLength,
    slice(start, end) {
      const part = file.slice(start, end);
      part.catch(() => {});
      return part;
    },
  };
}

function sourceRow(row: Record<string, unknown>): SourceRow {
  const value = Object.fromEntries(Object.entries(row).map(([column, held]) => [column, jsonOf(held)]));
  const bad = Object.keys(value).find((column) => valueFault(value[column] ?? null) !== null);
  return bad === undefined
    ? toRow(value)
    : { fault: `Its column ${bad} holds NaN or Infinity, which no test can hold.` };
}

/** A value of Parquet's types as JSON. */
function jsonOf(value: unknown): JsonValue {
  if (typeof value === "bigint") return integerOf(String(value));
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as readonly unknown[], jsonOf);
  if (typeof value !== "object" || value === null) return (value ?? null) as JsonValue;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, jsonOf(held)]));
}
