import { readFileSync } from "node:fs";
import { benchmarkFile } from "../cli/benchmark-data";
import { jsonLines, mbppRow } from "../src/datasets/dataset-fixture";
import type { Measure } from "./measure";
import { measureInPage } from "./page";

const FILE = "mbpp/mbpp.jsonl";
const ROWS = 974;

/**
 * The import of MBPP's 974 rows in a page: read, validated, kept in IndexedDB, listed. Without the file, of made-up
 * rows.
 */
export const measure: Measure = async (log) => {
  const path = benchmarkFile(FILE);
  const text = path === null ? madeUpRows() : readFileSync(path, "utf8");
  const figures = await measureInPage("import.ts", "measureImport", log, text);
  return { file: path === null ? "made-up rows" : FILE, bytes: Buffer.byteLength(text), ...figures };
};

function madeUpRows(): string {
  return jsonLines(...Array.from({ length: ROWS }, (_, i) => mbppRow(i)));
}
