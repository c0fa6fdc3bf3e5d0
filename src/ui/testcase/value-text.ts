import type { JsonValue, Language } from "../../core/problem";
import { isBigInteger } from "../../core/problem";

const PYTHON_WORDS: Readonly<Record<string, string>> = { true: "True", false: "False", null: "None" };

/** A value as people read it: JSON with a space after each comma, every digit of a large integer, and the language's own words. */
export function valueText(value: JsonValue, language: Language): string {
  const text = (part: JsonValue) => valueText(part, language);
  if (isBigInteger(value)) return value.$int;
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}: ${text(field)}`);
    return `{${fields.join(", ")}}`;
  }
  const json = JSON.stringify(value);
  return language === "python" && typeof value !== "string" ? (PYTHON_WORDS[json] ?? json) : json;
}
