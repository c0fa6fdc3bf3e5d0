import { isInteger, parse } from "lossless-json";
import { integerOf, isBigInteger } from "../core/big-integer";
import type { JsonValue } from "../core/problem";

/** Digits enough for an integer that a JSON number might not hold. */
const LONG_NUMBER = /\d{16}/;

/**
 * Parses JSON; integers beyond 2^53 come out in the form of core/big-integer.ts instead of losing their last digits.
 * @throws SyntaxError
 */
export function parseExactJson(text: string): JsonValue {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text) as JsonValue;
  return parse(text, null, (digits) => (isInteger(digits) ? integerOf(digits) : Number(digits))) as JsonValue;
}

/** Whether a text that is not JSON would be, were it not for Python's bare NaN and Infinity. */
export function holdsNotANumber(text: string): boolean {
  return /\b(?:NaN|Infinity)\b/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
}

/** A text or a number as plain text, all digits kept; null for anything else. */
export function plainText(value: JsonValue | undefined): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  return value !== undefined && isBigInteger(value) ? value.$int : null;
}
