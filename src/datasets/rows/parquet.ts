import { gunzipSync } from "fflate";
import {
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type RowGroup,
  type SchemaTree,
} from "hyparquet";
import { LabError } from "../../core/errors";
import { floatOf, hasInfinite, integerOf, objectOf, parseExactJson } from "../../core/exact-json";
import type { JsonValue } from "../../core/problem";
import type { ByteParts } from "../sources/bytes";
import { type RowValue, type SourceRow, type SourceRows, toRow } from "./json";

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
    const rows: Record<string, JsonValue>[] = [];
    // One column after the other: of several that are read at once, hyparquet leaves the later faults to nobody.
    for (const column of parquetSchema(group.metadata).children) {
      const { name: key } = column.element;
      const cells: readonly Record<string, unknown>[] = await parquetReadObjects({
        ...group,
        file: withHeardFaults(group.file),
        columns: [key],
        compressors: COMPRESSORS,
        parsers: { jsonFromBytes: (bytes) => parseExactJson(new TextDecoder().decode(bytes)) },
      });
      for (const [i, cell] of cells.entries()) rows[i] = { ...rows[i], [key]: jsonOf(cell[key], column) };
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

function sourceRow(row: RowValue): SourceRow {
  const bad = Object.keys(row).find((column) => hasInfinite(row[column] ?? null));
  return bad === undefined ? toRow(row) : { fault: `Its column ${bad} holds NaN or Infinity, which no test can hold.` };
}

/** A value of Parquet's types as JSON. What hyparquet makes of a list, a map or a group no longer says which numbers are floats. */
function jsonOf(value: unknown, { element, children }: Pick<SchemaTree, "element" | "children">): JsonValue {
  if (typeof value === "bigint") return integerOf(String(value));
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "number" && (element.type === "DOUBLE" || element.type === "FLOAT")) return floatOf(value);
  if (typeof value !== "object" || value === null) return (value ?? null) as JsonValue;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const repeated = children[0];
    const item = (repeated?.children.length === 1 ? repeated.children[0] : repeated) ?? LEAF;
    return Array.from(value as readonly unknown[], (one) => jsonOf(one, item));
  }
  const isMap = element.converted_type === "MAP";
  const fieldOf = (key: string) =>
    isMap ? children[0]?.children[1] : children.find((one) => one.element.name === key);
  return objectOf(Object.entries(value).map(([key, held]) => [key, jsonOf(held, fieldOf(key) ?? LEAF)]));
}

/** For what a JSON column holds, which was parsed before. */
const LEAF: Pick<SchemaTree, "element" | "children"> = { element: { name: "" }, children: [] };
