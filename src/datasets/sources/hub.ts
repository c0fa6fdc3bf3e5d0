import { LabError } from "../../core/errors";
import { parseExactJson } from "../../core/exact-json";
import type { JsonValue } from "../../core/problem";
import { isObject, type RowValue, type SourceRows } from "../rows/json";
import { pageRows } from "../rows/text";
import { decoded, overNetwork, type RequestOptions, request } from "./bytes";

/** A dataset on huggingface.co. */
export interface HubDataset {
  /** Such as `openai/openai_humaneval`. */
  readonly dataset: string;
  /** Null when the address does not say. */
  readonly config: string | null;
  readonly split: string | null;
}

/** What an address stands for. */
export type Address =
  | { readonly kind: "file"; readonly url: string }
  | { readonly kind: "hub"; readonly dataset: HubDataset };

/**
 * Reads an address: a dataset's page on huggingface.co or a request to its datasets server stands for the dataset, the
 * page of a file there or on GitHub for the file, and anything else for itself.
 * @throws LabError `input/url`
 */
export function parseAddress(text: string): Address {
  const url = webAddress(text);
  const path = url.pathname.split("/").filter((part) => part !== "");
  if (url.host === "datasets-server.huggingface.co") {
    const dataset = url.searchParams.get("dataset");
    if (dataset !== null) return { kind: "hub", dataset: { dataset, ...choice(url) } };
  }
  if (url.host === "huggingface.co" && path[0] === "datasets") return hubAddress(url, path.slice(1));
  if (url.host === "github.com" && path[2] === "blob") {
    return {
      kind: "file",
      url: `https://raw.githubusercontent.com/${[...path.slice(0, 2), ...path.slice(3)].join("/")}`,
    };
  }
  return { kind: "file", url: url.href };
}

function hubAddress(url: URL, path: readonly string[]): Address {
  const place = path.findIndex((part) => ["blob", "resolve", "viewer", "tree"].includes(part));
  const [view, ...rest] = place < 0 ? [] : path.slice(place);
  if (view === "blob" || view === "resolve") {
    return { kind: "file", url: `${url.origin}/datasets/${[...path.slice(0, place), "resolve", ...rest].join("/")}` };
  }
  const dataset = path
    .slice(0, place < 0 ? 2 : place)
    .map(decoded)
    .join("/");
  const named = choice(url);
  const [config, split] = view === "viewer" ? rest.map(decoded) : [];
  return { kind: "hub", dataset: { dataset, config: config ?? named.config, split: split ?? named.split } };
}

function choice(url: URL): { readonly config: string | null; readonly split: string | null } {
  return { config: url.searchParams.get("config"), split: url.searchParams.get("split") };
}

function webAddress(text: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (url !== null && (url.protocol === "https:" || url.protocol === "http:")) return url;
  throw new LabError("input/url", `${text.trim() || "This"} is not a web address.`, "Begin it with https://.");
}

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
    if (rows === null || typeof total !== "number" || total < 0) throw garbage();
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

async function answer(path: string, options: RequestOptions): Promise<RowValue> {
  const url = `${SERVER}/${path}`;
  const response = await request(url, options);
  const text = await overNetwork(url, options, () => response.text());
  try {
    const value = parseExactJson(text);
    if (isObject(value)) return value;
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
  const { config, split } = isObject(entry) ? entry : {};
  return typeof config === "string" && typeof split === "string" ? [{ dataset, config, split }] : [];
}
