import type { JsonValue } from "../../../core/problem";

/**
 * Whether two JSON values are the same value: same type, same items in the same order, same own keys in any order, numbers
 * exactly equal. `-0` equals `0`, because JSON texts write both as `0` and `-x` of 0 is no mistake; NaN equals nothing (it
 * is not JSON); there is no tolerance for floats.
 */
export function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i] as JsonValue));
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key] as JsonValue, b[key] as JsonValue))
  );
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
