/**
 * What a file that was given in the wrong place looks to be, by how it begins, so that people are told where it belongs. Bytes that are
 * no UTF-8 count as U+FFFD: so it can be told of texts as well.
 */

/** What is looked for, the first that fits, and what a person is told of it. */
const KINDS = [
  { kind: "zip", begins: /^PK\p{Cc}{2}/u },
  { kind: "picture", begins: /^(\uFFFDPNG|GIF8|\uFFFD{3}.{0,6}(JFIF|Exif)|RIFF.{4}WEBP|\s*<svg)/s },
  { kind: "pdf", begins: /^%PDF-/ },
  { kind: "weights", begins: /^.{7,8}\{"(__metadata__|[\w.]+)":\s*\{/s },
  { kind: "page", begins: /^\s*<(!doctype|html|\?xml)/i },
  { kind: "lines", begins: /^\uFEFF?\s*[{[]/ },
  { kind: "text", begins: /^([^\p{Cc}\uFFFD]|[\t\r\n])+$/u },
] as const;

/** `weights`: a safetensors file; `lines`: JSON or JSON lines; `other`: none of those that are known. */
export type FileKind = (typeof KINDS)[number]["kind"] | "empty" | "other";

/** Characters that are looked at. */
const BEGINNING = 256;

/** What a file looks to be. */
export function fileKind(content: string | Uint8Array): FileKind {
  if (content.length === 0) return "empty";
  const text =
    typeof content === "string" ? content : new TextDecoder().decode(content.subarray(0, BEGINNING), { stream: true });
  const beginning = text.slice(0, BEGINNING);
  return KINDS.find(({ begins }) => begins.test(beginning))?.kind ?? "other";
}

/** What it is, in a sentence. */
export const FILE_WORDS: Readonly<Record<FileKind, string>> = {
  zip: "The file is a zip.",
  picture: "The file is a picture.",
  pdf: "The file is a PDF.",
  weights: "The file is a model's bare safetensors.",
  page: "The file is a web page.",
  lines: "The file is JSON.",
  text: "The file is plain text.",
  empty: "The file is empty.",
  other: "The file is of a kind that is not known here.",
};
