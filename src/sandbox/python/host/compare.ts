import { viewOf } from "../../../core/exact-json";
import type { JsonValue } from "../../../core/problem";
import { bigIntegerOf, entriesOf, itemsOf, type Tagged } from "./tagged";

/**
 * Whether a Python value is the expected JSON value, as the graders of APPS and TACO see it: Python's `==`, where a
 * tuple counts as a list at any depth (JSON has none) and a dictionary's number keys as the texts JSON makes of them.
 * So True equals 1 and 1.0 equals 1, as in Python; integers are compared exactly; floats are the same when they are within a few
 * units in the last place ({@link FLOAT_TOLERANCE}).
 *
 * These graders also accept the first item of a list for the list, because many rows wrap each value in a list of its
 * own. That lets 1 pass for [1, 2]; here a value is itself, and the importer of such rows unwraps.
 */
export function sameValue(got: Tagged, expected: JsonValue): boolean {
  const view = viewOf(expected);
  const number = numberOf(got);
  switch (view.kind) {
    case "int":
      return number !== undefined && equal(number, BigInt(view.digits));
    case "float":
      return number !== undefined && sameFloat(number, Number(view.text));
    case "plain":
      if (number === undefined || typeof view.value === "string" || view.value === null) return got === view.value;
      return isFloat(number) || isFloat(view.value)
        ? sameFloat(number, Number(view.value))
        : equal(number, Number(view.value));
    case "list": {
      const items = itemsOf(got);
      return (
        items?.length === view.items.length && items.every((item, i) => sameValue(item, view.items[i] as JsonValue))
      );
    }
    case "object": {
      const entries = entriesOf(got);
      const wanted = new Map(view.entries);
      return (
        entries?.length === wanted.size &&
        entries.every(([key, item]) => wanted.has(key) && sameValue(item, wanted.get(key) as JsonValue))
      );
    }
  }
}

/**
 * Two floats are the same when they differ by at most this share of the larger one, 2^-50: four to eight units in the last place.
 * Python's functions (`math.sin`, `**`, ...) are the C library's, and glibc's, with which expected values were made, and WebAssembly's
 * differ in the last digit.
 */
const FLOAT_TOLERANCE = 2 ** -50;

function numberOf(value: Tagged): number | bigint | undefined {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" ? value : bigIntegerOf(value);
}

/** Whether a number is certainly a float: of those with a whole value only {@link viewOf} knows. */
function isFloat(value: number | bigint | boolean): boolean {
  return typeof value === "number" && !Number.isSafeInteger(value);
}

function sameFloat(a: number | bigint, b: number): boolean {
  if (typeof a === "bigint") return equal(a, b);
  return Math.abs(a - b) <= FLOAT_TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

/** Exactly, between the two kinds of number too, which `===` would keep apart. */
function equal(a: number | bigint, b: number | bigint): boolean {
  return a <= b && a >= b;
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
