import { gzipSync } from "fflate";
import { expect, it } from "vitest";
import { importFile, jsonLines, mbppRow } from "./dataset-fixture";
import { importDataset } from "./import";
import { mbppParquet } from "./parquet-fixture";

const rows = Array.from({ length: 2_000 }, (_, i) => mbppRow(i));

it("reads text, gzip and Parquet in a browser alike", async () => {
  const plain = await importFile(jsonLines(...rows));
  expect(plain.problems).toHaveLength(2_000);
  const packed = await importFile(gzipSync(new TextEncoder().encode(JSON.stringify(rows))));
  expect(packed.problems).toEqual(plain.problems);
  const parquet = await importFile(mbppParquet(2_000, 500));
  expect(parquet.problems).toEqual(plain.problems);
});

it("lets the page go on while it reads", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++);
  const many = Array.from({ length: 30_000 }, (_, i) => mbppRow(i));
  const data = new Blob([jsonLines(...many)]);
  turns = 0;
  await importDataset({ kind: "file", name: "rows.jsonl", data });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});

it("says what to do when an address may not be read", async () => {
  await expect(importDataset({ kind: "url", url: "http://127.0.0.1:9/rows.jsonl" })).rejects.toMatchObject({
    code: "input/unreachable",
    message: expect.stringContaining("(CORS)"),
    hint: "Download the file and drop it here.",
  });
});
