import { LabError } from "../../core/errors";
import { columnsOf, JsonError, NOT_FINITE, parseLenientJson } from "../../core/exact-json";
import type { JsonValue } from "../../core/problem";
import { isObject, plainText, type SourceRow, type SourceRows, toRow } from "./json";

/** Most characters of one row: a browser's texts end not far above. */
const MAX_ROW_LENGTH = 2 ** 28;

const CUT_OFF = "The file ends in the middle of this row.";

/**
 * The rows of a text: a JSON array, JSON lines, one JSON object, or a page of Hugging Face's datasets server.
 * @param name for people: where the text comes from.
 * @throws LabError `input/*` when it is something else, or ends too early.
 */
export async function* textRows(chunks: AsyncIterable<Uint8Array>, name: string): SourceRows {
  const pieces = decoded(chunks, name);
  let head = "";
  // No loop over the pieces: leaving one would close them.
  while (head === "") {
    const { done, value } = await pieces.next();
    if (done) break;
    head = value.trimStart();
  }
  const first = head[0];
  if (first === undefined) throw new LabError("input/empty", `${name} is empty.`, "Choose another file.");
  if (first === "<") {
    const hint = "Save or name the file of rows itself, not a page about it.";
    throw new LabError("input/html", `${name} is a web page, not a dataset.`, hint);
  }
  const all = prepended(head, pieces);
  yield* first === "[" ? arrayRows(all, name) : lineRows(all, name);
}

/** By the mark at a text's beginning; without one, by the zero beside its first bracket. */
function encodingOf([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  const isBracket = (byte: number | undefined) => byte === OPEN_BRACE || byte === OPEN_BRACKET;
  if ((first === 0xff && second === 0xfe) || (isBracket(first) && second === 0)) return "utf-16le";
  return (first === 0xfe && second === 0xff) || (first === 0 && isBracket(second)) ? "utf-16be" : "utf-8";
}

/** The first chunk must have two bytes, unless there is but one. */
async function* decoded(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  try {
    for await (const chunk of chunks) {
      decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder?.decode() ?? "";
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    throw new LabError(
      "input/encoding",
      `${name} is not a text in UTF-8 or UTF-16; it may be in Latin-1, in which letters such as \u00e9 are other bytes.`,
      "Save it as UTF-8.",
    );
  }
}

async function* arrayRows(pieces: AsyncIterable<string>, name: string): SourceRows {
  const splitter = new ArraySplitter();
  for await (const piece of pieces) {
    for (const text of splitter.push(piece)) yield* parsed(text);
    if (splitter.pendingLength > MAX_ROW_LENGTH) throw tooLong(name);
  }
  const rest = splitter.rest();
  if (rest === null) return;
  if (rest !== "") yield { fault: CUT_OFF };
  throw new LabError("input/truncated", `${name} ends before its list is closed.`, "Fetch the file again.");
}

async function* lineRows(pieces: AsyncIterable<string>, name: string): SourceRows {
  let rest = "";
  let whole: boolean | undefined;
  for await (const piece of pieces) {
    rest += piece;
    if (rest.length > MAX_ROW_LENGTH) throw tooLong(name);
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
    const read = parseLenientJson(text);
    if (!read.isFinite) {
      const columns = columnsOf(read.value);
      yield { fault: `It ${NOT_FINITE}.`, ...(columns === null ? {} : { columns }) };
      return;
    }
    value = read.value;
  } catch (thrown) {
    if (!(thrown instanceof JsonError)) throw thrown;
    yield { fault: cutOff !== undefined && thrown.cutOff ? cutOff : `It ${thrown.message}${placeOf(thrown)}.` };
    return;
  }
  const page = pageRows(value);
  if (page) yield* page;
  else yield toRow(value);
}

/** ` (mistake at character 7)`: what is no JSON at all needs no place. */
function placeOf({ message, at, cutOff }: JsonError): string {
  return message !== "is not JSON" || at === 0 || cutOff ? "" : ` (mistake at character ${at + 1})`;
}

function tooLong(name: string): LabError {
  return new LabError("input/too-long", `A row of ${name} is too long to be read.`, "Write one row a line.");
}

/**
 * The rows of a page of the datasets server, `{"rows": [{"row": {...}, "truncated_cells": [...]}, ...]}`; null when the
 * value is something else.
 */
export function pageRows(value: JsonValue): readonly SourceRow[] | null {
  const rows = isObject(value) ? value.rows : null;
  return Array.isArray(rows) ? rows.map(pageRow) : null;
}

function pageRow(entry: JsonValue): SourceRow {
  if (!isObject(entry)) return toRow(entry);
  const { row, truncated_cells: cut } = entry;
  if (!Array.isArray(cut) || cut.length === 0) return toRow(row ?? null);
  const columns = cut.flatMap((column: JsonValue) => plainText(column) ?? []).join(", ");
  return { fault: `The server has cut off ${columns || "its cells"}; read the dataset's Parquet file instead.` };
}

/** A sequence with something put before it. */
export async function* prepended<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

/**
 * Cuts a text that arrives in pieces into the elements of its outermost JSON array. It follows strings and brackets
 * only; whether an element is right is for the parser to say.
 */
class ArraySplitter {
  private element = "";
  private depth = 0;
  private inString = false;
  private escaped = false;
  private closed = false;

  /** The elements that this piece completes. */
  push(piece: string): readonly string[] {
    const done: string[] = [];
    let start = 0;
    for (let i = 0; i < piece.length && !this.closed; i++) {
      const char = piece.charCodeAt(i);
      if (this.inString) {
        this.insideString(char);
        continue;
      }
      if (char === QUOTE) this.inString = true;
      else if (char === OPEN_BRACKET || char === OPEN_BRACE) {
        if (++this.depth === 1) start = i + 1;
      } else if (char === CLOSE_BRACKET || char === CLOSE_BRACE) {
        if (--this.depth === 0) this.closed = true;
      }
      if (this.closed || (char === COMMA && this.depth === 1)) {
        const element = this.element + piece.slice(start, i);
        this.element = "";
        start = i + 1;
        if (element.trim() !== "") done.push(element);
      }
    }
    if (!this.closed && this.depth > 0) this.element += piece.slice(start);
    return done;
  }

  /**
   * What is left of an array that breaks off: the piece of an element, or an empty text; null when the array was
   * closed.
   */
  rest(): string | null {
    return this.closed ? null : this.element.trim();
  }

  /** Characters of the element that is not complete yet. */
  get pendingLength(): number {
    return this.element.length;
  }

  private insideString(char: number): void {
    if (this.escaped) this.escaped = false;
    else if (char === BACKSLASH) this.escaped = true;
    else if (char === QUOTE) this.inString = false;
  }
}

const QUOTE = 34;
const COMMA = 44;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
