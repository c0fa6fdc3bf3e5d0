import type { JsonValue } from "./problem";

/** An integer that a JSON number cannot hold exactly, as it travels through JSON: `{"$int": "12345678901234567890"}`. */
export interface BigInteger {
  /** Decimal digits with an optional minus sign. */
  readonly $int: string;
}

/** Whether a value is a {@link BigInteger}. */
export function isBigInteger(value: JsonValue): value is { readonly $int: string } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const digits = (value as { readonly [key: string]: JsonValue }).$int;
  return Object.keys(value).length === 1 && typeof digits === "string" && /^-?\d+$/.test(digits);
}

/** The JSON value of an integer given by its digits: a number where that is exact, else a {@link BigInteger}. */
export function integerOf(digits: string): JsonValue {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : { $int: digits };
}
