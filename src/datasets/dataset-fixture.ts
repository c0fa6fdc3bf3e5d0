import type { ReadOptions } from "./import";
import { type ImportedDataset, importDataset } from "./import";

/** A right MBPP row; `changes` replaces columns, and takes away those it sets to undefined. */
export function mbppRow(taskId: number, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    task_id: taskId,
    text: "Write a function to double a number.",
    code: "def double(x):\r\n  return 2 * x",
    test_setup_code: "",
    test_list: ["assert double(2) == 4", "assert double(0) == 0"],
    challenge_test_list: [],
    ...changes,
  };
}

/** Rows as JSON lines. */
export function jsonLines(...rows: readonly unknown[]): string {
  return rows.map((row) => JSON.stringify(row)).join("\n");
}

/** A file with some content. */
export function file(content: string | Uint8Array, name = "rows.jsonl") {
  return { kind: "file", name, data: new Blob([content as BlobPart]) } as const;
}

/** Imports a file with some content. */
export function importFile(content: string | Uint8Array, options: ReadOptions = {}): Promise<ImportedDataset> {
  return importDataset(file(content), options);
}

/** What an import says of each row: `taken`, or why it was refused. */
export function rowSentences({ rows }: ImportedDataset): readonly string[] {
  return rows.map(({ taken, remarks }) => (taken ? "taken" : (remarks[0] ?? "")));
}
