import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterEach, describe, expect, it } from "vitest";
import { jsonLines, mbppRow, rowSentences } from "../dataset-fixture";
import { importDataset } from "../import";
import { parseAddress } from "./hub";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Serves one answer to everything; returns the address of a file there. */
async function serve(answer: Answer, path = "/data/rows.jsonl"): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
}

const fromUrl = (url: string, fetch?: typeof globalThis.fetch) =>
  importDataset({ kind: "url", url }, fetch ? { fetch } : {});

/** A file that knows range requests, and a log of them. */
function ranged(bytes: Uint8Array, ranges: string[]): Answer {
  return (request, response) => {
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "");
    ranges.push(range?.[0] ?? "all");
    if (!range) return response.writeHead(200, { "Content-Length": bytes.length }).end(bytes);
    response.writeHead(206).end(bytes.subarray(Number(range[1]), Number(range[2]) + 1));
  };
}

function problemsParquet(): Uint8Array {
  const count = 40;
  const tests = Array.from({ length: count }, (_, i) => ({ input: [i], expected: 2 * i }));
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "statement", data: tests.map((_, i) => `Double a number, part ${i}.`), type: "STRING" },
      { name: "entryPoint", data: tests.map(() => "double"), type: "STRING" },
      { name: "id", data: tests.map((_, i) => 9_007_199_254_740_993n + BigInt(i)), type: "INT64" },
      { name: "visibleTests", data: tests.map((test) => [test]), type: "JSON" },
      { name: "note", data: tests.map((_, i) => (i === 3 ? Number.NaN : 0.5)), type: "DOUBLE" },
    ],
    rowGroupSize: 20,
  });
  return new Uint8Array(buffer);
}

describe("an address", () => {
  it("gives its file", async () => {
    const url = await serve((_, response) => response.end(jsonLines(mbppRow(1), mbppRow(2))));
    const dataset = await fromUrl(url);
    expect(dataset.problems.map((each) => each.problem.id)).toEqual(["mbpp/1", "mbpp/2"]);
  });

  it("gives a Parquet file in parts, whatever it is called; NaN refuses its row, long integers survive", async () => {
    const bytes = problemsParquet();
    const ranges: string[] = [];
    const dataset = await fromUrl(await serve(ranged(bytes, ranges), "/own"));
    expect(rowSentences(dataset).map((sentence) => sentence === "taken")).toEqual(
      Array.from({ length: 40 }, (_, i) => i !== 3),
    );
    expect(rowSentences(dataset)[3]).toBe("Its column note holds NaN or Infinity, which no test can hold.");
    expect(dataset.problems[0]?.problem).toMatchObject({
      id: "own/9007199254740993",
      visibleTests: [{ input: [0], expected: 0 }],
    });
    expect(ranges.length).toBeGreaterThan(1);
    expect(ranges.slice(1).every((range) => range.startsWith("bytes="))).toBe(true);
  });

  it("gives a Parquet file of a server that knows no parts", async () => {
    const bytes = problemsParquet();
    const dataset = await fromUrl(await serve((_, response) => response.end(bytes), "/own.parquet"));
    expect(dataset.problems).toHaveLength(39);
  });

  it.each([
    [404, "There is nothing at ", "Check the address."],
    [401, " wants a login for /data/rows.jsonl.", "Download the file and drop it here."],
    [429, " has had too many requests.", "Wait a minute and try again."],
    [500, " answered with the error 500.", "Try again later, or download the file and drop it here."],
  ])("that answers %i is told of", async (status, sentence, hint) => {
    const url = await serve((_, response) => response.writeHead(status).end("no"));
    await expect(fromUrl(url)).rejects.toMatchObject({
      code: "input/http",
      message: expect.stringContaining(sentence),
      hint,
    });
  });

  it("that does not answer, or may not be read, is told of", async () => {
    const url = await serve((_, response) => response.end());
    for (const server of servers.splice(0)) server.close();
    await expect(fromUrl(url)).rejects.toMatchObject({
      code: "input/unreachable",
      message: expect.stringContaining("does not let other pages read it (CORS)"),
      hint: "Download the file and drop it here.",
    });
  });

  it("that breaks off keeps what came", async () => {
    const text = `${jsonLines(...Array.from({ length: 400 }, (_, i) => mbppRow(i)))}\n`;
    let breakOff = () => {};
    const url = await serve((_, response) => {
      response.writeHead(200, { "Content-Length": 2 * text.length });
      response.write(text);
      breakOff = () => response.destroy();
    });
    const dataset = await importDataset({ kind: "url", url }, { onProgress: () => breakOff() });
    // A stream that fails drops the pieces that nobody has taken yet, so not all 400 need arrive.
    expect(dataset.problems.length).toBeGreaterThan(0);
    expect(dataset.interruption).toMatch(/the connection broke.*Download the file/);
  });

  it("that gives garbage or a web page is told of", async () => {
    await expect(fromUrl(await serve((_, response) => response.end("\u0000\u0001garbage")))).rejects.toMatchObject({
      code: "input/not-a-dataset",
    });
    await expect(fromUrl(await serve((_, response) => response.end("<html>Log in</html>")))).rejects.toMatchObject({
      code: "input/html",
      hint: "Save or name the file of rows itself, not a page about it.",
    });
  });

  it("that is none is told of", async () => {
    await expect(fromUrl("mbpp.jsonl")).rejects.toMatchObject({
      code: "input/url",
      message: "mbpp.jsonl is not a web address.",
    });
  });

  it("can be given up while it does not answer", async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort());
    const reading = importDataset({ kind: "url", url }, { signal: controller.signal });
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a dataset on huggingface.co", () => {
  const SPLITS = { splits: ["train", "test"].map((split) => ({ dataset: "org/mbpp", config: "full", split })) };

  /** The datasets server, as far as it is asked, on a port of this machine; `answers` may stand in for some pages. */
  async function hub(rows: number, asked: string[], answers: Readonly<Record<string, string>> = {}) {
    const origin = new URL(
      await serve(({ url = "" }, response) => {
        asked.push(url);
        const query = new URL(url, "http://hub").searchParams;
        const offset = Number(query.get("offset"));
        const held = Array.from({ length: Math.min(100, rows - offset) }, (_, i) => ({
          row_idx: offset + i,
          row: mbppRow(offset + i),
          truncated_cells: [],
        }));
        const page = url.startsWith("/splits") ? SPLITS : { features: [], rows: held, num_rows_total: rows };
        response.end(answers[String(offset)] ?? JSON.stringify(page));
      }),
    ).origin;
    return ((url: string, init?: RequestInit) =>
      fetch(url.replace("https://datasets-server.huggingface.co", origin), init)) as typeof fetch;
  }

  it("is read page by page, its test split first", async () => {
    const asked: string[] = [];
    const dataset = await fromUrl("https://huggingface.co/datasets/org/mbpp", await hub(250, asked));
    expect(dataset.problems).toHaveLength(250);
    expect(dataset.interruption).toBeNull();
    expect(asked).toEqual([
      "/splits?dataset=org%2Fmbpp",
      ...[0, 100, 200].map((at) => `/rows?dataset=org%2Fmbpp&config=full&split=test&offset=${at}&length=100`),
    ]);
  });

  it("says which parts there are when the one asked for is not", async () => {
    const fetch = await hub(1, []);
    await expect(
      fromUrl("https://huggingface.co/datasets/org/mbpp/viewer/full/validation?x=1", fetch),
    ).resolves.toBeDefined();
    await expect(
      importDataset({ kind: "url", url: "https://huggingface.co/datasets/org/mbpp" }, { fetch, split: "dev" }),
    ).rejects.toMatchObject({ code: "input/split", hint: "It has full/train, full/test." });
  });

  it("keeps the pages before one that is garbage", async () => {
    const fetch = await hub(250, [], { 100: "Bad gateway" });
    const dataset = await fromUrl("https://huggingface.co/datasets/org/mbpp", fetch);
    expect(dataset.problems).toHaveLength(100);
    expect(dataset.interruption).toMatch(/not a page of rows/);
  });
});

describe("parseAddress", () => {
  it.each([
    [
      "https://huggingface.co/datasets/openai/openai_humaneval",
      { dataset: "openai/openai_humaneval", config: null, split: null },
    ],
    [
      "https://huggingface.co/datasets/mbpp/viewer/sanitized/test",
      { dataset: "mbpp", config: "sanitized", split: "test" },
    ],
    [
      "https://datasets-server.huggingface.co/rows?dataset=a%2Fb&config=c&split=d&offset=0&length=100",
      { dataset: "a/b", config: "c", split: "d" },
    ],
  ])("%s is a dataset", (url, dataset) => {
    expect(parseAddress(url)).toEqual({ kind: "hub", dataset });
  });

  it.each([
    [
      "https://huggingface.co/datasets/a/b/blob/main/data/x.parquet",
      "https://huggingface.co/datasets/a/b/resolve/main/data/x.parquet",
    ],
    [
      "https://github.com/openai/human-eval/blob/master/data/HumanEval.jsonl.gz",
      "https://raw.githubusercontent.com/openai/human-eval/master/data/HumanEval.jsonl.gz",
    ],
    [" https://example.org/x.jsonl ", "https://example.org/x.jsonl"],
  ])("%s is a file", (text, url) => {
    expect(parseAddress(text)).toEqual({ kind: "file", url });
  });
});
