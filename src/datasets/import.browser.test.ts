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
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  const many = Array.from({ length: 30_000 }, (_, i) => mbppRow(i));
  const data = new Blob([jsonLines(...many)]);
  last = performance.now();
  const start = last;
  await importDataset({ kind: "file", name: "rows.jsonl", data });
  const took = performance.now() - start;
  clearInterval(timer);
  expect(longest).toBeLessThan(took / 2);
});

it("says what to do when an address may not be read", async () => {
  await expect(importDataset({ kind: "url", url: "http://127.0.0.1:9/rows.jsonl" })).rejects.toMatchObject({
    code: "input/unreachable",
    message: expect.stringContaining("(CORS)"),
    hint: "Download the file and drop it here.",
  });
});
