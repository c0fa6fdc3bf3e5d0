import { gzipSync } from "fflate";
import { parquetMetadata } from "hyparquet";
import { describe, expect, it } from "vitest";
import { file, importFile, jsonLines, mbppRow, rowSentences } from "./dataset-fixture";
import { importDataset, readDataset } from "./import";
import { mbppParquet } from "./parquet-fixture";

describe("rows that cannot be taken are refused one by one", () => {
  it("for a missing column, a wrong type, no tests, an id that was there", async () => {
    const dataset = await importFile(
      jsonLines(
        mbppRow(1),
        mbppRow(2, { test_list: undefined }),
        mbppRow(3, { test_list: "assert double(2) == 4" }),
        mbppRow(4, { test_list: [1] }),
        mbppRow(5, { test_list: [] }),
        mbppRow(1),
        [1, 2],
        mbppRow(8),
      ),
    );
    expect(rowSentences(dataset)).toEqual([
      "taken",
      "The column test_list is missing.",
      "The column test_list must be a list of texts.",
      "The column test_list must be a text (at 0).",
      "It has no tests.",
      "It has the same id as row 1.",
      "It is not an object with columns.",
      "taken",
    ]);
    expect(dataset.rows.map(({ row, id }) => [row, id]).slice(1, 3)).toEqual([
      [2, "2"],
      [3, "3"],
    ]);
    expect(dataset.problems.map((each) => each.problem.id)).toEqual(["mbpp/1", "mbpp/8"]);
  });

  it("for NaN, in JSON lines and in an array", async () => {
    const bad = '{"task_id": 2, "text": "NaN", "code": "", "test_list": ["assert f(1)"], "score": NaN}';
    const says = ["taken", "It holds NaN or Infinity, which is not JSON.", "taken"];
    const rows = [JSON.stringify(mbppRow(1)), bad, JSON.stringify(mbppRow(3))];
    expect(rowSentences(await importFile(rows.join("\n")))).toEqual(says);
    expect(rowSentences(await importFile(`[${rows.join(",\n")}]`))).toEqual(says);
  });

  it("for a line that is not JSON, the first one too", async () => {
    const good = JSON.stringify(mbppRow(1));
    const says = ["It is not JSON.", "taken", "It is not JSON (mistake at character 2)."];
    expect(rowSentences(await importFile(`{"task_id": 0, "text"\n${good}\n{oops}\n`))).toEqual(says);
  });

  it("for a program that its own tests cannot call", async () => {
    const dataset = await importFile(jsonLines(mbppRow(1), mbppRow(2, { test_list: ["assert 1 == 1"] })));
    expect(rowSentences(dataset)[1]).toBe("Its tests call no function.");
  });

  it("not for an empty solution: it is taken without a reference", async () => {
    const dataset = await importFile(jsonLines(mbppRow(1, { code: " " })));
    expect(dataset.rows[0]).toMatchObject({ taken: true, remarks: ["It has no reference solution."] });
  });
});

describe("a source that breaks off", () => {
  const rows = Array.from({ length: 500 }, (_, i) => mbppRow(i));

  it("keeps the rows of a JSON lines file that ends in a row", async () => {
    const text = jsonLines(...rows);
    const dataset = await importFile(text.slice(0, -30));
    expect(dataset.problems).toHaveLength(499);
    expect(rowSentences(dataset).at(-1)).toBe("The file ends in the middle of this row.");
  });

  it("keeps the rows of a list that is not closed", async () => {
    const dataset = await importFile(JSON.stringify(rows).slice(0, -30));
    expect(dataset.problems).toHaveLength(499);
    expect(rowSentences(dataset).at(-1)).toBe("The file ends in the middle of this row.");
    expect(dataset.interruption).toBe("rows.jsonl ends before its list is closed. Fetch the file again.");
  });

  it("keeps what a truncated gzip file still holds", async () => {
    const packed = gzipSync(new TextEncoder().encode(jsonLines(...rows)));
    const dataset = await importFile(packed.slice(0, Math.floor(packed.length * 0.7)));
    expect(dataset.problems.length).toBeGreaterThan(100);
    expect(dataset.problems.length).toBeLessThan(500);
    expect(dataset.interruption).toBe("rows.jsonl ends before its content does. Fetch the file again.");
  });

  it("keeps the groups before the damaged one of a Parquet file", async () => {
    const bytes = mbppParquet(300, 100);
    const { row_groups: groups } = parquetMetadata(bytes);
    const start = Number(groups[1]?.columns[1]?.meta_data?.data_page_offset);
    bytes.fill(0xff, start, start + 40);
    const dataset = await importFile(bytes);
    expect(dataset.problems).toHaveLength(100);
    expect(dataset.interruption).toBe("rows.jsonl is damaged from row 101 on. Fetch the file again.");
  });

  it("reads a whole Parquet file, its lists included", async () => {
    const dataset = await importFile(mbppParquet(3, 2));
    const json = await importFile(jsonLines(mbppRow(0), mbppRow(1), mbppRow(2)));
    expect(dataset.problems).toEqual(json.problems);
    const packed = await importFile(mbppParquet(3, 2, "GZIP"));
    expect(packed.problems).toEqual(json.problems);
  });

  it("says which packing of a Parquet file cannot be read", async () => {
    await expect(importFile(mbppParquet(3, 3, "ZSTD"))).rejects.toMatchObject({
      code: "input/codec",
      message: "rows.jsonl is packed with ZSTD, which cannot be read here.",
      hint: expect.stringContaining("Snappy"),
    });
  });

  it("says that nothing can be read of a Parquet file without its end", async () => {
    const bytes = mbppParquet(300, 100);
    await expect(importFile(bytes.slice(0, -200))).rejects.toMatchObject({
      code: "input/truncated",
      message: expect.stringContaining("is cut off or damaged"),
    });
  });
});

describe("what is no dataset at all", () => {
  it.each([
    ["", "input/empty", "rows.jsonl is empty."],
    [" \n\n", "input/empty", "rows.jsonl is empty."],
    ["[]", "input/empty", "rows.jsonl has no rows."],
    ["<!doctype html><html></html>", "input/html", "rows.jsonl is a web page, not a dataset."],
    ["hello\nworld", "input/not-a-dataset", "rows.jsonl cannot be read as a dataset. Row 1: It is not JSON."],
    ["PK\u0003\u0004", "input/zip", "rows.jsonl is a zip archive."],
    ['{"a": 1, "b": 2}', "input/format", "The rows of rows.jsonl have no known format; their columns are a, b."],
  ])("%j", async (content, code, message) => {
    await expect(importFile(content)).rejects.toMatchObject({ code, message });
  });

  it("is a format that was asked for and is not there", async () => {
    const humaneval = { task_id: "x/0", prompt: "def f():", entry_point: "f", canonical_solution: "", test: "" };
    await expect(importFile(jsonLines(humaneval), { format: "mbpp" })).rejects.toMatchObject({
      code: "input/wrong-format",
      message: "The rows of rows.jsonl are not in the format mbpp: the column text is missing.",
      hint: "They look like humaneval.",
    });
  });
});

describe("reading", () => {
  it("hands rows over as they come and stops when it is cancelled", async () => {
    const parts = [0, 1, 2].map((part) => Array.from({ length: 1_000 }, (_, i) => mbppRow(1_000 * part + i)));
    const data = new Blob(parts.map((rows) => `${jsonLines(...rows)}\n`));
    const controller = new AbortController();
    const reading = readDataset({ kind: "file", name: "rows.jsonl", data }, { signal: controller.signal });
    const { value } = await reading.next();
    expect(value).toMatchObject({ row: 1, taken: true, progress: { rows: 1 } });
    const { progress } = value as { progress: { bytes: number; totalBytes: number } };
    expect(progress.bytes).toBeLessThan(progress.totalBytes);
    for (let row = 2; row <= 2_500; row++) await reading.next();
    expect((await reading.next()).value).toMatchObject({ row: 2_501, id: "mbpp/2500" });
    controller.abort();
    await expect(reading.next()).rejects.toMatchObject({ name: "AbortError" });
  });

  it("tells how far it is", async () => {
    const seen: number[] = [];
    const { data } = file(jsonLines(mbppRow(1), mbppRow(2)));
    await importDataset(
      { kind: "file", name: "rows.jsonl", data },
      {
        onProgress: ({ rows, bytes, totalBytes }) => {
          seen.push(rows);
          expect([bytes, totalBytes]).toEqual([data.size, data.size]);
        },
      },
    );
    expect(seen).toEqual([1, 2]);
  });

  it("takes pasted text, one pretty-printed object and a page of the datasets server", async () => {
    const pretty = await importDataset({ kind: "text", text: JSON.stringify(mbppRow(7), null, 2) });
    expect(pretty.problems.map((each) => each.problem.id)).toEqual(["mbpp/7"]);
    const page = {
      features: [],
      rows: [
        { row_idx: 0, row: mbppRow(1), truncated_cells: [] },
        { row_idx: 1, row: mbppRow(2), truncated_cells: ["code"] },
      ],
      num_rows_total: 2,
    };
    const paged = await importDataset({ kind: "text", text: JSON.stringify(page) });
    expect(rowSentences(paged)).toEqual([
      "taken",
      "The server has cut off code; read the dataset's Parquet file instead.",
    ]);
  });
});

describe("ids", () => {
  const row = (id: string | number) => ({
    id,
    statement: "Double it.",
    entryPoint: "double",
    visibleTests: [{ input: [2], expected: 4 }],
  });
  const idsOf = ({ rows }: { readonly rows: readonly { readonly id: string | null }[] }) => rows.map(({ id }) => id);

  it("of rows with other names are never the same, whatever their script and signs; a name that comes twice is refused", async () => {
    const names = ["C++", "C#", "第一题", "第二题", "a b", "a-b", `${"x".repeat(90)}1`, `${"x".repeat(90)}2`, "a b"];
    const dataset = await importFile(jsonLines(...names.map(row)));
    expect(rowSentences(dataset)).toEqual([...names.slice(1).map(() => "taken"), "It has the same id as row 5."]);
    const ids = dataset.problems.map(({ problem }) => problem.id);
    expect(new Set(ids).size).toBe(8);
    expect(ids.every((id) => /^rows\/[\w.-]+$/.test(id))).toBe(true);
    expect(ids[0]).toBe("rows/C");
    expect(ids[4]).toBe("rows/a-b");
    expect(idsOf(await importFile(jsonLines(...names.map(row))))).toEqual(idsOf(dataset));
  });

  it("of files with other names are not the same either", async () => {
    const prefixes = await Promise.all(
      ["第一.jsonl", "第二.jsonl", "C++.jsonl", "C#.jsonl", "my rows.jsonl"].map(async (name) => {
        const { collection } = await importDataset(file(jsonLines(row("a")), name));
        return collection.id;
      }),
    );
    expect(new Set(prefixes).size).toBe(5);
    expect(prefixes[4]).toBe("my-rows");
  });

  it("a row of what is no JSON still has its name", async () => {
    const dataset = await importFile(`${JSON.stringify(row("a"))}\n{"id": "b", "statement": "", "score": NaN}`);
    expect(idsOf(dataset)).toEqual(["rows/a", "b"]);
  });
});

it("a row that needs a package which the sandbox lacks says so", async () => {
  const needy = mbppRow(1, { code: "import numpy as np\ndef double(x): return np.add(x, x)" });
  const { rows } = await importFile(jsonLines(needy, mbppRow(2)));
  expect(rows[0]?.remarks).toEqual(["Its reference solution imports numpy, which the sandbox does not have."]);
  expect(rows[1]?.remarks).toEqual([]);
});
