import { LabError } from "../core/errors";

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
  const path = url.pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);
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
  const dataset = path.slice(0, place < 0 ? 2 : place).join("/");
  const named = choice(url);
  const [config, split] = view === "viewer" ? rest : [];
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
