import { LabError } from "../core/errors";
import type { JsonValue } from "../core/problem";
import { ArraySplitter } from "./json-split";
import { holdsNotANumber, parseExactJson } from "./json-value";
import { prepended } from "./prepended";
import { type SourceRow, type SourceRows, toRow } from "./row";

const CUT_OFF = "The file ends in the middle of this row.";

/**
 * The rows of a text: a JSON array, JSON lines, one JSON object, or a page of Hugging Face's datasets server.
 * @param name for people: where the text comes from.
 * @throws LabError `input/*` when it is something else, or ends too early.
 */
export async function* textRows(chunks: AsyncIterable<Uint8Array>, name: string): SourceRows {
  const pieces = decoded(chunks);
  let head = "";
  // No loop over the pieces: leaving one would close them.
  while (head.trim() === "") {
    const { done, value } = await pieces.next();
    if (done) break;
    head += value;
  }
  const first = head.trimStart()[0];
  if (first === undefined) throw new LabError("input/empty", `${name} is empty.`, "Choose another file.");
  if (first === "<") {
    const hint = "Save or name the file of rows itself, not a page about it.";
    throw new LabError("input/html", `${name} is a web page, not a dataset.`, hint);
  }
  const all = prepended(head, pieces);
  yield* first === "[" ? arrayRows(all, name) : lineRows(all);
}

async function* decoded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function* arrayRows(pieces: AsyncIterable<string>, name: string): SourceRows {
  const splitter = new ArraySplitter();
  for await (const piece of pieces) {
    for (const text of splitter.push(piece)) yield* parsed(text);
  }
  const rest = splitter.rest();
  if (rest === null) return;
  if (rest !== "") yield { fault: CUT_OFF };
  throw new LabError("input/truncated", `${name} ends before its list is closed.`, "Fetch the file again.");
}

async function* lineRows(pieces: AsyncIterable<string>): SourceRows {
  let rest = "";
  let whole: boolean | undefined;
  for await (const piece of pieces) {
    rest += piece;
    // Lines may be long and pieces short: what cannot end a line is not looked at again.
    if (!piece.includes("\n")) continue;
    whole ??= isOneDocument(rest);
    if (whole !== false) continue;
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield* parsed(line);
  }
  const remaining = (whole ?? isOneDocument(`${rest}\n`)) ? [rest] : rest.split("\n");
  for (const [i, line] of remaining.entries()) {
    yield* parsed(line, i === remaining.length - 1 ? CUT_OFF : undefined);
  }
}

/**
 * Whether a text that begins with `{` is one object over several lines rather than one object a line. Undefined before
 * its second line has come. The lines of the first kind leave objects open; a line of the second kind may do so too, by
 * mistake, but then the next one begins anew.
 */
function isOneDocument(text: string): boolean | undefined {
  const [first, second, ...more] = text.trimStart().split("\n");
  if (first === undefined || second === undefined) return undefined;
  if (parses(first)) return false;
  if (second.trim() === "" && more.length === 0) return undefined;
  return first.startsWith("{") && !second.startsWith("{") && !/\}\s*$/.test(first) && second.trim() !== "";
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** @param cutOff what to say when the text is the last one and could have gone on. */
function* parsed(text: string, cutOff?: string): Generator<SourceRow, void> {
  if (text.trim() === "") return;
  let value: JsonValue;
  try {
    value = parseExactJson(text);
  } catch (thrown) {
    const { message } = thrown as SyntaxError;
    const early = cutOff !== undefined && /end of JSON|Unterminated|but reached end|end of input/i.test(message);
    yield { fault: early ? cutOff : notJson(text) };
    return;
  }
  const page = pageRows(value);
  if (page) yield* page;
  else yield toRow(value);
}

function notJson(text: string): string {
  return holdsNotANumber(text) ? "It holds NaN or Infinity, which is not JSON." : "It is not JSON.";
}

/**
 * The rows of a page of the datasets server, `{"rows": [{"row": {...}, "truncated_cells": [...]}, ...]}`; null when the
 * value is something else.
 */
export function pageRows(value: JsonValue): readonly SourceRow[] | null {
  const { rows } = (toRow(value) as { value?: { rows?: JsonValue } }).value ?? {};
  if (!Array.isArray(rows)) return null;
  return rows.map((entry: JsonValue): SourceRow => {
    const held = toRow(entry);
    if ("fault" in held) return held;
    const { row, truncated_cells: cut } = held.value;
    if (Array.isArray(cut) && cut.length > 0) {
      return { fault: `The server has cut off ${cut.join(", ")}; read the dataset's Parquet file instead.` };
    }
    return toRow(row ?? null);
  });
}
