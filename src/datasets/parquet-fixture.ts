import { gzipSync } from "fflate";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { mbppRow } from "./dataset-fixture";

/** MBPP's columns as Hugging Face's own Parquet files have them: tests are a list of texts. */
const SCHEMA: SchemaElement[] = [
  { name: "root", num_children: 4 },
  { name: "task_id", type: "INT64", repetition_type: "OPTIONAL" },
  { name: "text", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  { name: "code", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  { name: "test_list", repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
];

/** What stands in for the packers that are not there: the file says so, and nobody may try to unpack it. */
const COMPRESSORS = { GZIP: (bytes: Uint8Array) => gzipSync(bytes), ZSTD: (bytes: Uint8Array) => bytes };

/** MBPP rows from id 0 on as a Parquet file. */
export function mbppParquet(
  count: number,
  rowGroupSize: number,
  codec: "SNAPPY" | "GZIP" | "ZSTD" = "SNAPPY",
): Uint8Array<ArrayBuffer> {
  const rows = Array.from({ length: count }, (_, i) => mbppRow(i));
  const buffer = parquetWriteBuffer({
    schema: SCHEMA,
    columnData: [
      { name: "task_id", data: rows.map((_, i) => BigInt(i)) },
      { name: "text", data: rows.map((row) => row.text) },
      { name: "code", data: rows.map((row) => row.code) },
      { name: "test_list", data: rows.map((row) => row.test_list) },
    ],
    rowGroupSize,
    codec,
    compressors: COMPRESSORS,
  });
  return new Uint8Array(buffer);
}
