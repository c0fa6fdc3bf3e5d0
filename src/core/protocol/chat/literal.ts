import { isBigInteger } from "../../big-integer";
import type { JsonValue, Language } from "../../problem";
import { renderValue } from "../tiny";

function pythonLiteral(value: JsonValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  if (isBigInteger(value)) return value.$int;
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  const entries = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${pythonLiteral(member)}`);
  return `{${entries.join(", ")}}`;
}

/** A value as a literal of the problem's language. */
export function literal(value: JsonValue, language: Language): string {
  return language === "python" ? pythonLiteral(value) : renderValue(value);
}
