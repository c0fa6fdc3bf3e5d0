import type { SearchConfig } from "../core/config";

/** A specification as a link holds it: dot paths and plain values. */
export type Flat = Readonly<Record<string, unknown>>;

/** The path of every setting and its value, in a fixed order: `tree.exploration` -> 1. */
export function flattenConfig(config: SearchConfig): ReadonlyMap<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [key, value] of Object.entries(config)) {
    if (typeof value !== "object" || value === null) flat.set(key, value);
    else for (const [inner, leaf] of Object.entries(value)) flat.set(`${key}.${inner}`, leaf);
  }
  return flat;
}

/** `base` with some settings replaced; the result is not validated. Paths must be ones of {@link flattenConfig}. */
export function withSettings(base: SearchConfig, changes: ReadonlyMap<string, unknown>): unknown {
  const result: Record<string, unknown> = { ...base };
  for (const [path, value] of changes) {
    const [key = "", inner] = path.split(".");
    result[key] = inner === undefined ? value : { ...(result[key] as Record<string, unknown>), [inner]: value };
  }
  return result;
}
