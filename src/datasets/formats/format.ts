import { z } from "zod";
import { LabError } from "../../core/errors";
import type { JsonValue, Language } from "../../core/problem";
import { readLiteral } from "../../core/protocol/chat/literal";
import { deriveSeed } from "../../core/rng";
import type { StoredProblem } from "../../ports/problem-store";
import { plainText, type RowValue } from "../rows/json";

/** The row forms that can be read. */
export type FormatName = "mbpp" | "sanitized-mbpp" | "humaneval" | "taco" | "apps" | "generic";

/** What decides how a row becomes a problem. */
export interface RowSettings {
  /** How many tests the search may see, where there are as many; null: all that the statement shows. */
  readonly visibleCount: number | null;
  /** How many reference solutions are kept of each problem. */
  readonly maxReferences: number;
  /** Begins each problem's id, such as `mbpp` in `mbpp/11`. */
  readonly prefix: string;
  /** Origin and licence, for the problems whose row says nothing of its own. */
  readonly attribution: string;
  /** Index of the row in its source, from 0; the id of rows without one. */
  readonly index: number;
}

/** A problem made of a row, and what people should know about it: one sentence each. */
export interface Converted {
  readonly problem: StoredProblem;
  readonly remarks: readonly string[];
}

/** What a format is called, and how its rows are recognised. */
interface FormatTraits {
  readonly name: FormatName;
  /** For people. */
  readonly title: string;
  /** Origin and licence; for rows of the user's own, null. */
  readonly attribution: string | null;
  readonly language: Language;
  /** See {@link RowSettings.visibleCount}. */
  readonly visibleCount: number | null;
  /** Columns that every row must have. */
  readonly columns: readonly string[];
  /** Columns that tell this form from others that need the same ones. */
  readonly telling: readonly string[];
  /** Which tests are visible and which hidden, in words. */
  visibility(visibleCount: number | null): string;
}

/** How rows of one form become problems. */
export interface DatasetFormat extends FormatTraits {
  /** @throws LabError `input/row`: one sentence, why no problem can be made of the row. */
  toProblem(row: RowValue, settings: RowSettings): Converted;
}

interface FormatDefinition<Row> extends FormatTraits {
  /** The shape of the columns that are used. Messages finish the sentence "The column ... must be". */
  readonly schema: z.ZodType<Row>;
  /** @throws LabError `input/row` when the row is of the right shape and still no problem can be made of it. */
  toProblem(row: Row, settings: RowSettings): Converted;
}

/** A format that looks at a row's shape before it makes a problem of it. */
export function defineFormat<Row>({ schema, toProblem, ...traits }: FormatDefinition<Row>): DatasetFormat {
  return {
    ...traits,
    toProblem(row, settings) {
      const missing = traits.columns.find((column) => (row[column] ?? null) === null);
      if (missing !== undefined) throw rowError(`The column ${missing} is missing.`);
      const parsed = schema.safeParse(row);
      if (!parsed.success) throw rowError(shapeFault(parsed.error));
      return toProblem(parsed.data, settings);
    },
  };
}

/** A row that no problem can be made of; one sentence. It is refused, the others go on. */
export function rowError(message: string): LabError {
  return new LabError("input/row", message);
}

/** The first thing that is wrong with a row's shape, as one sentence. */
function shapeFault(error: z.ZodError): string {
  const issue = error.issues[0];
  const [column, ...inside] = issue?.path ?? [];
  if (!issue || column === undefined) return "It is not a row of this format.";
  const place = inside.length === 0 ? "" : ` (at ${inside.join(".")})`;
  return `The column ${String(column)} must be ${issue.message}${place}.`;
}

/** A text. */
export const text = z.string({ error: "a text" });

/** A text, or nothing at all. */
export const optionalText = text.nullish().transform((value) => value ?? "");

/** Several texts. */
export const texts = z.array(text, { error: "a list of texts" });

/** {@link texts}, which some files hold as one text: a list in JSON's words or in Python's. */
export const textsInText = z
  .unknown()
  .transform((value) => (typeof value === "string" ? (readLiteral(value, "python") ?? listOf(value)) : value))
  .pipe(texts);

function listOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A number or a text that names a row; an integer keeps all its digits. */
export const rowId = z
  .custom<JsonValue>(
    // What is checked here is a column of a row, so it is JSON.
    (value) => plainText(value as JsonValue | undefined) !== null,
    { error: "a number or a text" },
  )
  .transform((value) => plainText(value) ?? "");

/** A column that must be there, whatever it holds. */
export const column = z.custom<JsonValue>((value) => value !== undefined, { error: "there" });

/**
 * The id of a problem: `mbpp/11`. What cannot stand in a link becomes a hyphen, so two rows may get the same one: then the reader of the
 * data set tells them apart by {@link fingerprint}.
 */
export function problemId(prefix: string, row: string): string {
  return `${prefix}/${slug(row)}`;
}

/** A text as part of a link: letters, digits, `.`, `_` and `-`. */
export function slug(text: string): string {
  const kept = text
    .slice(0, 1_000)
    .normalize("NFKD")
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-");
  return kept.replaceAll(/^-+|-+$/g, "").slice(0, 80) || `problem-${fingerprint(text)}`;
}

/** Eight digits that tell texts apart whose slugs are the same. */
export function fingerprint(text: string): string {
  return (deriveSeed("name", text) >>> 0).toString(16).padStart(8, "0");
}

const LONGEST = 72;

/** CodeChef's problems begin with this line. */
const TRANSLATIONS = /^Read problems? statements? in /i;

/** A short title made of the first sentence of a statement. */
export function titleOf(statement: string): string {
  const lines = statement
    .split("\n")
    .map((each) => each.replaceAll(/[#*`_$]|^\s*[-=]+\s*$/g, "").trim())
    .filter((each) => each.length > 3 && !TRANSLATIONS.test(each));
  const line = lines.find((each) => each.split(" ").length > 2) ?? lines[0];
  const sentence = (line ?? "Untitled").split(/(?<=[a-z)\]])[.?!:](?:\s|$)/)[0] ?? "";
  return capitalised(
    shortened(sentence.replace(/^(?:please\s+)?write\s+a\s+(?:python\s+)?function\s+(?:to\s+|that\s+|which\s+)*/i, "")),
  );
}

/** A name such as `has_close_elements` or `kth-missing` as words. */
export function titleOfName(name: string): string {
  return capitalised(
    name
      .replaceAll(/[_-]+/g, " ")
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ")
      .trim(),
  );
}

function shortened(sentence: string): string {
  const words = sentence.trim().replace(/\.$/, "");
  if (words.length <= LONGEST) return words;
  const cut = words.slice(0, LONGEST);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), LONGEST / 2)).replace(/[\s,;]+$/, "")} ...`;
}

function capitalised(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
