import type { JsonValue } from "./problem";

/** Whether a value is an integer that a JSON number cannot hold, as it travels through JSON: `{"$int": "12345678901234567890"}`. */
export function isBigInteger(value: JsonValue): value is { readonly $int: string } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const digits = (value as { readonly [key: string]: JsonValue }).$int;
  return Object.keys(value).length === 1 && typeof digits === "string" && /^-?\d+$/.test(digits);
}

/** The JSON value of an integer given by its digits: a number where that is exact, else as {@link isBigInteger} knows it. */
export function integerOf(digits: string): JsonValue {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : { $int: digits };
}
