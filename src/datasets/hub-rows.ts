import { LabError } from "../core/errors";
import type { JsonValue } from "../core/problem";
import type { HubDataset } from "./address";
import { parseExactJson } from "./json-value";
import { broken, type RequestOptions, request } from "./request";
import { type SourceRows, toRow } from "./row";
import { pageRows } from "./text-rows";

const SERVER = "https://datasets-server.huggingface.co";

/** The most rows that the server gives at once. */
const PAGE = 100;

/** One split of a dataset on huggingface.co. */
export interface HubSplit {
  readonly dataset: string;
  readonly config: string;
  readonly split: string;
}

/**
 * The split to read: the one that is asked for, else `test`, which is what papers report on, else the first.
 * @throws LabError `input/*`
 */
export async function chooseSplit({ dataset, config, split }: HubDataset, options: RequestOptions): Promise<HubSplit> {
  if (config !== null && split !== null) return { dataset, config, split };
  const { splits } = await answer(`splits?${new URLSearchParams({ dataset })}`, options);
  const all = Array.isArray(splits) ? splits.flatMap((each: JsonValue) => hubSplit(dataset, each)) : [];
  const wanted = all.filter((each) => config === null || each.config === config);
  const found = wanted.find((each) => each.split === (split ?? "test")) ?? (split === null ? wanted[0] : undefined);
  if (found) return found;
  const names = all.map((each) => `${each.config}/${each.split}`).join(", ");
  throw new LabError(
    "input/split",
    `The dataset ${dataset} has no part ${config ?? "any"}/${split ?? "any"} that can be read row by row.`,
    names === "" ? "Give the address of its Parquet file." : `It has ${names}.`,
  );
}

/** The rows of a split, a page of 100 at a time. @throws LabError `input/*` */
export async function* hubRows(
  split: HubSplit,
  options: RequestOptions,
  onRowCount: (rows: number) => void,
): SourceRows {
  let offset = 0;
  for (;;) {
    const query = new URLSearchParams({ ...split, offset: String(offset), length: String(PAGE) });
    const page = await answer(`rows?${query}`, options);
    const rows = pageRows(page);
    const total = page.num_rows_total;
    if (rows === null || typeof total !== "number") throw garbage();
    onRowCount(total);
    yield* rows;
    offset += rows.length;
    if (offset >= total) return;
    if (rows.length === 0) {
      throw new LabError(
        "input/truncated",
        `The server gave ${offset} of ${total} rows.`,
        "Read the dataset's Parquet file.",
      );
    }
  }
}

async function answer(path: string, options: RequestOptions): Promise<{ readonly [key: string]: JsonValue }> {
  const url = `${SERVER}/${path}`;
  const response = await request(url, options);
  const text = await broken(url, options, () => response.text());
  try {
    const row = toRow(parseExactJson(text));
    if ("value" in row) return row.value;
  } catch {
    // Told below, as any other answer that is no object.
  }
  throw garbage();
}

function garbage(): LabError {
  return new LabError(
    "input/garbage",
    "The datasets server of huggingface.co answered with something that is not a page of rows.",
    "Try again later, or give the address of the dataset's Parquet file.",
  );
}

function hubSplit(dataset: string, entry: JsonValue): readonly HubSplit[] {
  const { config, split } = (toRow(entry) as { value?: { config?: JsonValue; split?: JsonValue } }).value ?? {};
  return typeof config === "string" && typeof split === "string" ? [{ dataset, config, split }] : [];
}
