import { isBigInteger } from "../../../core/big-integer";
import type { JsonValue } from "../../../core/problem";
import { bigIntegerOf, entriesOf, itemsOf, type Tagged } from "./tagged";

/**
 * Whether a Python value is the expected JSON value, as the graders of APPS and TACO see it: Python's `==`, where a
 * tuple counts as a list at any depth (JSON has none) and a dictionary's number keys as the texts JSON makes of them.
 * So True equals 1 and 1.0 equals 1, as in Python; integers are compared exactly; floats too, for these graders allow
 * a tolerance in printed output only.
 *
 * These graders also accept the first item of a list for the list, because many rows wrap each value in a list of its
 * own. That lets 1 pass for [1, 2]; here a value is itself, and the importer of such rows unwraps.
 */
export function sameValue(got: Tagged, expected: JsonValue): boolean {
  const number = numberOf(got);
  if (number !== undefined) return sameNumber(number, expected);
  if (typeof expected !== "object" || expected === null) return got === expected;
  if (isBigInteger(expected)) return false;
  if (isList(expected)) {
    const items = itemsOf(got);
    return items?.length === expected.length && items.every((item, i) => sameValue(item, expected[i] as JsonValue));
  }
  const entries = entriesOf(got);
  return (
    entries?.length === Object.keys(expected).length &&
    entries.every(([key, item]) => Object.hasOwn(expected, key) && sameValue(item, expected[key] as JsonValue))
  );
}

function numberOf(value: Tagged): number | bigint | undefined {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" ? value : bigIntegerOf(value);
}

function sameNumber(got: number | bigint, expected: JsonValue): boolean {
  if (typeof expected === "boolean" || typeof expected === "number") return equal(got, Number(expected));
  return isBigInteger(expected) && equal(got, BigInt(expected.$int));
}

/** Exactly, between the two kinds of number too, which `===` would keep apart. */
function equal(a: number | bigint, b: number | bigint): boolean {
  return a <= b && a >= b;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
