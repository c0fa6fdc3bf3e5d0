import { z } from "zod";
import { isBigInteger } from "../core/big-integer";
import type { JsonValue } from "../core/problem";
import { plainText } from "./json-value";

/** A text. */
export const text = z.string({ error: "a text" });

/** A text, or nothing at all. */
export const optionalText = text.nullish().transform((value) => value ?? "");

/** Several texts. */
export const texts = z.array(text, { error: "a list of texts" });

/** A number or a text that names a row; an integer keeps all its digits. */
export const rowId = z
  .custom<JsonValue>(
    (value) =>
      typeof value === "string" || typeof value === "number" || (isObject(value) && isBigInteger(value as JsonValue)),
    { error: "a number or a text" },
  )
  .transform((value) => plainText(value) ?? "");

/** A column that must be there, whatever it holds. */
export const column = z.custom<JsonValue>((value) => value !== undefined, { error: "there" });

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
