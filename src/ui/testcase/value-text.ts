import { isBigInteger } from "../../core/big-integer";
import type { JsonValue } from "../../core/problem";

/** A value as people read it: JSON with a space after each comma, and every digit of a large integer. */
export function valueText(value: JsonValue): string {
  if (isBigInteger(value)) return value.$int;
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}: ${valueText(field)}`);
  return `{${fields.join(", ")}}`;
}
