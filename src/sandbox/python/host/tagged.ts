import { integerOf, viewOf } from "../../../core/exact-json";
import type { JsonValue } from "../../../core/problem";

/** A Python value in the tagged form of source/tagged.py, parsed: every object has one key, its tag. */
export type Tagged = null | boolean | number | string | readonly Tagged[] | { readonly [tag: string]: Tagged };

/** Tags of mappings; Python calls them equal when their pairs are. */
const MAPPINGS = ["dict", "OrderedDict", "Counter", "defaultdict"];

/** The tagged form of a JSON value. */
export function tagged(value: JsonValue): Tagged {
  const view = viewOf(value);
  switch (view.kind) {
    case "plain":
      return typeof view.value === "number" ? taggedNumber(view.value) : view.value;
    case "int":
      return { int: BigInt(view.digits).toString(16) };
    case "float":
      return { float: view.text };
    case "list":
      return view.items.map(tagged);
    case "object":
      return { dict: view.entries.map(([key, item]) => [key, tagged(item)]) };
  }
}

/** JSON texts of JavaScript write 1e20 as an integer. */
function taggedNumber(value: number): Tagged {
  const isWhole = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isWhole ? { float: value.toExponential() } : value;
}

/** Containers within each other, at most; tagged.py allows 100, and a dictionary takes three levels of JSON. */
const MAX_DEPTH = 400;

/** A text of tagged.py as data; undefined when it is none. */
export function parseTagged(text: string): Tagged | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return isTagged(data, MAX_DEPTH) ? data : undefined;
  } catch {
    return undefined;
  }
}

function isTagged(data: unknown, depth: number): data is Tagged {
  if (typeof data !== "object" || data === null) return true;
  const items: readonly unknown[] = Object.values(data);
  return depth > 0 && (Array.isArray(data) || items.length === 1) && items.every((item) => isTagged(item, depth - 1));
}

/** An integer of 2^53 or more; undefined for any other value. */
export function bigIntegerOf(value: Tagged): bigint | undefined {
  const text = contentOf(value, "int");
  const digits = typeof text === "string" ? /^(-?)([\da-f]+)$/.exec(text) : null;
  if (digits === null) return undefined;
  const size = BigInt(`0x${digits[2]}`);
  return digits[1] === "-" ? -size : size;
}

/** The items of a list or a tuple; undefined for any other value. */
export function itemsOf(value: Tagged): readonly Tagged[] | undefined {
  const items = contentOf(value, "tuple") ?? value;
  return isList(items) ? items : undefined;
}

/**
 * The pairs of a dictionary whose keys are strings or numbers, keys as JSON writes them; undefined for any other
 * value.
 */
export function entriesOf(value: Tagged): readonly (readonly [string, Tagged])[] | undefined {
  const pairs = MAPPINGS.map((tag) => contentOf(value, tag)).find((content) => content !== undefined);
  if (pairs === undefined || !isList(pairs)) return undefined;
  const entries = pairs.flatMap((pair) =>
    isList(pair) && pair.length === 2 && (typeof pair[0] === "string" || typeof pair[0] === "number")
      ? [[String(pair[0]), pair[1] as Tagged] as const]
      : [],
  );
  return entries.length === pairs.length ? entries : undefined;
}

/** The value as JSON says it: tuples are lists, dictionaries objects; undefined when a part has no JSON value. */
export function jsonOf(value: Tagged): JsonValue | undefined {
  if (typeof value !== "object" || value === null) return value;
  const integer = bigIntegerOf(value);
  if (integer !== undefined) return integerOf(integer.toString());
  const items = itemsOf(value)?.map(jsonOf);
  if (items !== undefined) return items.includes(undefined) ? undefined : (items as JsonValue[]);
  const entries = entriesOf(value)?.map(([key, item]) => [key, jsonOf(item)] as const);
  if (entries === undefined || entries.some(([, item]) => item === undefined)) return undefined;
  return Object.fromEntries(entries) as JsonValue;
}

/** `a set`, `a list with a set in it`: what a value is that {@link jsonOf} has no JSON for. */
export function kindOf(value: Tagged): string {
  if (typeof value !== "object" || value === null) return "a plain value";
  if (isList(value)) return "a list with items that JSON lacks";
  const tag = Object.keys(value)[0] ?? "value";
  if (tag === "float") return `the float ${String(value[tag])}`;
  if (tag === "tuple" || MAPPINGS.includes(tag)) return `a ${tag} with items that JSON lacks`;
  return /^[aeiou]/.test(tag) ? `an ${tag}` : `a ${tag}`;
}

function contentOf(value: Tagged, tag: string): Tagged | undefined {
  if (typeof value !== "object" || value === null || isList(value) || !Object.hasOwn(value, tag)) return undefined;
  return (value as { readonly [tag: string]: Tagged })[tag];
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
