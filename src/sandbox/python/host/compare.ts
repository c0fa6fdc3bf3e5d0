import type { JsonValue } from "../../../core/problem";
import { isBigInteger } from "../../../core/problem";
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

/** A number with a point or an exponent. Others are compared as they are written, or 1000000 would do for 1000001. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INTEGER = /^[+-]?\d+$/;

/** The tolerance of numpy's `allclose`, which the graders of APPS and TACO use: relative, and absolute. */
const RELATIVE = 1e-5;
const ABSOLUTE = 1e-8;

/**
 * Whether a program printed what it should: the same lines, blank ones left out, with the same words in each, spaces
 * apart. Two numbers are the same when they are close (`|got - expected| <= 1e-8 + 1e-5 |expected|`) and at least one
 * has a point or an exponent. As the graders of APPS and TACO do, but for their last resort, which ignores the order
 * of lines and words.
 */
export function sameOutput(got: string, expected: string): boolean {
  const lines = wordsOf(got);
  const wanted = wordsOf(expected);
  return (
    lines.length === wanted.length &&
    lines.every((words, i) => {
      const line = wanted[i] as readonly string[];
      return words.length === line.length && words.every((word, j) => sameWord(word, line[j] as string));
    })
  );
}

function wordsOf(text: string): readonly (readonly string[])[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.split(/\s+/).filter((word) => word !== ""))
    .filter((words) => words.length > 0);
}

function sameWord(got: string, expected: string): boolean {
  if (got === expected) return true;
  if (!DECIMAL.test(got) || !DECIMAL.test(expected) || (INTEGER.test(got) && INTEGER.test(expected))) return false;
  return Math.abs(Number(got) - Number(expected)) <= ABSOLUTE + RELATIVE * Math.abs(Number(expected));
}
