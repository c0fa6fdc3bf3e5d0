import { LabError } from "../../core/errors";
import type { RowValue, SourceRow } from "../rows/json";
import type { DatasetFormat, FormatName } from "./format";
import { generic } from "./generic";
import { humaneval } from "./humaneval";
import { mbpp, sanitizedMbpp } from "./mbpp";
import { apps, taco } from "./taco";

/** All forms that can be read, the more particular ones first. */
export const FORMATS: readonly DatasetFormat[] = [mbpp, sanitizedMbpp, humaneval, taco, apps, generic];

/** @throws LabError `input/format` for a name that there is not. */
export function formatNamed(name: string): DatasetFormat {
  const found = FORMATS.find((format) => format.name === name);
  if (found) return found;
  const names = FORMATS.map((format) => format.name).join(", ");
  throw new LabError("input/format", `There is no dataset format ${name}.`, `There are ${names}.`);
}

/** The form that some rows have: the one whose columns are there, most telling ones first; null when none fits. */
function detectFormat(rows: readonly RowValue[]): DatasetFormat | null {
  const fits = (format: DatasetFormat) => rows.some((row) => format.columns.every((column) => column in row));
  const telling = (format: DatasetFormat) =>
    format.telling.filter((column) => rows.some((row) => column in row)).length;
  const candidates = FORMATS.filter(fits);
  return candidates.toSorted((a, b) => telling(b) - telling(a))[0] ?? null;
}

/**
 * The format of a source: the one that is asked for, if its columns are there, else the one that the columns tell.
 * @param rows the first ones.
 * @param source for people.
 * @throws LabError `input/*` when no row could be read, or none has the columns.
 */
export function chooseFormat(rows: readonly SourceRow[], name: FormatName | undefined, source: string): DatasetFormat {
  const values = rows.flatMap((row) => ("value" in row ? [row.value] : []));
  if (values.length === 0) {
    const [first] = rows.flatMap((row) => ("fault" in row ? [row.fault] : []));
    throw new LabError("input/not-a-dataset", `${source} cannot be read as a dataset. Row 1: ${first}`, FORMS);
  }
  const detected = detectFormat(values);
  if (name === undefined) {
    if (detected) return detected;
    const columns = Object.keys(values[0] ?? {})
      .slice(0, 8)
      .join(", ");
    throw new LabError(
      "input/format",
      `The rows of ${source} have no known format; their columns are ${columns}.`,
      FORMS,
    );
  }
  const format = formatNamed(name);
  if (values.some((row) => format.columns.every((column) => column in row))) return format;
  const missing = format.columns.filter((column) => !values.some((row) => column in row));
  throw new LabError(
    "input/wrong-format",
    `The rows of ${source} are not in the format ${format.name}: the column ${missing[0] ?? format.columns[0]} is missing.`,
    detected ? `They look like ${detected.name}.` : FORMS,
  );
}

const FORMS = `The formats are ${FORMATS.map((format) => format.name).join(", ")}.`;
