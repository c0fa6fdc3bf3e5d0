import type { z } from "zod";
import { LabError } from "../../core/errors";
import { isJsonValue } from "../../core/problem";

type Issue = z.core.$ZodIssue;

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.map(String).join(".") || "The specification";
}

/** A value as people may read it, cut short. */
function show(value: unknown): string {
  if (typeof value === "object" && !isJsonValue(value)) return "nested too deeply";
  const shown = JSON.stringify(value) ?? typeof value;
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
}

function explain(issue: Issue, input: unknown): { readonly kind: string; readonly sentence: string } {
  if (issue.code === "unrecognized_keys") {
    return { kind: "unknown-key", sentence: `There is no setting ${fieldName([...issue.path, issue.keys[0] ?? ""])}.` };
  }
  const value = valueAt(input, issue.path);
  if (value === undefined) {
    return { kind: "missing", sentence: `${fieldName(issue.path)} is missing; it must be ${issue.message}.` };
  }
  return {
    kind: "out-of-range",
    sentence: `${fieldName(issue.path)} is ${show(value)} but must be ${issue.message}.`,
  };
}

/**
 * The first thing that is wrong with a specification, as one sentence: field, value, what is allowed. Links call the
 * settings `search` where the specification says `config`.
 */
export function toSpecError(area: "input" | "link", error: z.ZodError, input: unknown): LabError {
  const issue = error.issues[0];
  if (!issue) return new LabError(`${area}/invalid`, "The specification is not valid.");
  const explained = explain(issue, input);
  const kind = explained.kind;
  const sentence = area === "link" ? explained.sentence.replace(/\bconfig\./, "search.") : explained.sentence;
  return new LabError(`${area}/${kind}`, sentence, "Correct this value; everything else can stay as it is.");
}
