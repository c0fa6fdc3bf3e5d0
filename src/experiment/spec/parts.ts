import { z } from "zod";
import { LabError, toErrorData } from "../../core/errors";
import { formatModelRef, parseModelRef } from "../../core/model";
import { isJsonValue } from "../../core/problem";
import { describeLimit, type Limit } from "./limits";

/** A number within a limit. Sentence fragments in `error` finish "... must be", here and below. */
export function number(limit: Limit, alternative = "") {
  const error = describeLimit(limit) + alternative;
  const base = limit.whole ? z.int({ error }) : z.number({ error });
  return limit.exclusive
    ? base.gt(limit.min, { error }).max(limit.max, { error })
    : base.min(limit.min, { error }).max(limit.max, { error });
}

/** A number within a limit, or null. */
export function numberOrNull(limit: Limit) {
  return number(limit, ", or null for no bound").nullable();
}

/** One of some words. */
export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: values.length === 1 ? `"${values[0]}"` : `one of ${values.join(", ")}` });
}

/** A setting that is on or off; off where it is not given, as it was before there was one. */
export function yesOrNo() {
  return z.boolean({ error: "true or false" }).default(false);
}

/** A text of so many characters, white space around it cut off. */
export function text(min: number, max: number) {
  const error = `a text of ${min} to ${max} characters`;
  return z.string({ error }).trim().min(min, { error }).max(max, { error });
}

/** A group of settings, each of which must be given unless it has a default. */
export function object<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: "a group of settings" });
}

const MODEL_FORMS = "tiny, webllm:<model id> or openai:<base URL>#<model>";

/** A model as `formatModelRef` writes it, so that equal models are equal texts. There is no place for a key in it. */
export const modelSchema = text(1, 500).transform((given, context) => {
  try {
    return formatModelRef(parseModelRef(given));
  } catch (thrown) {
    const { message } = toErrorData(thrown);
    context.addIssue({ code: "custom", message: `${MODEL_FORMS} (${message.replace(/\.$/, "")})` });
    return z.NEVER;
  }
});

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
