import { LabError } from "../../core/errors";
import type { DatasetFormat, RowValue } from "../format";
import { apps } from "./apps";
import { generic } from "./generic";
import { humaneval } from "./humaneval";
import { mbpp, sanitizedMbpp } from "./mbpp";
import { taco } from "./taco";

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
export function detectFormat(rows: readonly RowValue[]): DatasetFormat | null {
  const fits = (format: DatasetFormat) =>
    rows.filter((row) => format.columns.every((column) => column in row)).length > 0;
  const telling = (format: DatasetFormat) =>
    format.telling.filter((column) => rows.some((row) => column in row)).length;
  const candidates = FORMATS.filter(fits);
  return candidates.toSorted((a, b) => telling(b) - telling(a))[0] ?? null;
}
