import { z } from "zod";
import { toErrorData } from "../../core/errors";
import { formatModelRef, parseModelRef } from "../../core/model";
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

/** A text of so many characters, white space around it cut off. */
export function text(min: number, max: number) {
  const error = `a text of ${min} to ${max} characters`;
  return z.string({ error }).trim().min(min, { error }).max(max, { error });
}

/** A group of settings, each of which must be given. */
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
