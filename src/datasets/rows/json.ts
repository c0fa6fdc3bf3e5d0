import { isInteger, parse } from "lossless-json";
import { integerOf, isBigInteger, type JsonValue, MAX_JSON_DEPTH } from "../../core/problem";

/** One row of a source, before any format has looked at it. */
export type SourceRow =
  | { readonly value: RowValue }
  /** It could not be read; one sentence. */
  | { readonly fault: string };

/** The columns of a row. */
export type RowValue = { readonly [column: string]: JsonValue };

/**
 * Rows in the order of the source. Ends with a LabError `input/*` when the source breaks off; what came before it
 * counts.
 */
export type SourceRows = AsyncGenerator<SourceRow, void>;

/** A parsed value as a row: only an object is one. */
export function toRow(value: JsonValue): SourceRow {
  return isObject(value) ? { value } : { fault: "It is not an object with columns." };
}

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: JsonValue | undefined): value is RowValue {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Digits enough for an integer that a JSON number might not hold. */
const LONG_NUMBER = /\d{16}/;

/**
 * Parses JSON; integers beyond 2^53 come out as `isBigInteger` knows them (core/problem.ts) instead of losing their last digits.
 * What comes out holds finite numbers only and is not too deep to be walked.
 * @throws JsonError
 */
export function parseExactJson(text: string): JsonValue {
  let value: JsonValue;
  try {
    value = LONG_NUMBER.test(text) ? parseLossless(text) : (JSON.parse(text) as JsonValue);
  } catch (thrown) {
    throw new JsonError(syntaxFault(text, thrown), isCutOff(thrown));
  }
  const fault = valueFault(value);
  if (fault !== null) throw new JsonError(fault, false);
  return value;
}

/** A text that is no JSON that can be used. */
export class JsonError extends Error {
  /**
   * @param message the fault, to stand behind a subject such as `It`.
   * @param cutOff whether the text ends too early.
   */
  constructor(
    message: string,
    readonly cutOff: boolean,
  ) {
    super(message);
    this.name = "JsonError";
  }
}

function parseLossless(text: string): JsonValue {
  return parse(text, null, (digits) => (isInteger(digits) ? integerOf(digits) : Number(digits))) as JsonValue;
}

/** What keeps a parsed value from being used; null when nothing does. */
export function valueFault(value: JsonValue): string | null {
  let level: readonly JsonValue[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (level.some((each) => typeof each === "number" && !Number.isFinite(each))) return NOT_A_NUMBER;
    if (depth > MAX_JSON_DEPTH) return TOO_DEEP;
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
  return null;
}

const TOO_DEEP = "is nested too deeply";
const NOT_A_NUMBER = "holds NaN or Infinity, which is not JSON";

/** How much of a text is searched for Python's bare NaN and Infinity: the search recurses. */
const SEARCHED = 1_000_000;

function syntaxFault(text: string, thrown: unknown): string {
  if (thrown instanceof RangeError) return TOO_DEEP;
  const bare = text.slice(0, SEARCHED).replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return /\b(?:NaN|Infinity)\b/.test(bare) ? NOT_A_NUMBER : "is not JSON";
}

/** By the words of the browsers' own parsers and of lossless-json. */
function isCutOff(thrown: unknown): boolean {
  return thrown instanceof Error && /end of JSON|Unterminated|but reached end|end of input/i.test(thrown.message);
}

/** A text or a number as plain text, all digits kept; null for anything else. */
export function plainText(value: JsonValue | undefined): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  return value !== undefined && isBigInteger(value) ? value.$int : null;
}
