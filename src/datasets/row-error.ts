import type { z } from "zod";
import { LabError } from "../core/errors";

/** A row that no problem can be made of; one sentence. It is refused, the others go on. */
export function rowError(message: string): LabError {
  return new LabError("input/row", message);
}

/** The first thing that is wrong with a row's shape, as one sentence. */
export function shapeFault(error: z.ZodError): string {
  const issue = error.issues[0];
  const [column, ...inside] = issue?.path ?? [];
  if (!issue || column === undefined) return "It is not a row of this format.";
  const place = inside.length === 0 ? "" : ` (at ${inside.join(".")})`;
  return `The column ${String(column)} must be ${issue.message}${place}.`;
}
