import { z } from "zod";
import {
  type AssertionTest,
  type CallTest,
  isJsonValue,
  type JsonValue,
  type Problem,
  type ProgramTest,
  type TestCase,
  TIERS,
} from "./problem";

/*
 * What a test, or a problem, looks like when it comes from outside: a link, a file, a data set, another program's tree. Messages finish
 * the sentence "... must be".
 */

const FORMS = "a test: {input, expected}, {stdin, stdout} or {assertion, setup?}";

/** Any JSON value, as it is; see {@link isJsonValue}. */
export const jsonSchema = z.custom<JsonValue>(isJsonValue, { error: "a JSON value" });

const text = z.string({ error: "a text" });

const callShape = { input: z.array(jsonSchema, { error: "a list of arguments" }), expected: jsonSchema };
const programShape = { stdin: text, stdout: text };
const assertionShape = { assertion: text, setup: text.exactOptional() };

const extraKey = (issue: { readonly code?: string | undefined }) =>
  issue.code === "unrecognized_keys" ? `${FORMS}, with nothing else` : FORMS;

/** A call and what it returns; anything else in it is refused. */
export const callTestSchema = z.strictObject(callShape, {
  error: 'a test, such as {"input": [[1, 2]], "expected": 3}',
}) satisfies z.ZodType<CallTest>;

/** A test of any kind; what else it holds is refused. */
export const strictTestSchema = byKind({
  call: z.strictObject(callShape, { error: extraKey }),
  program: z.strictObject(programShape, { error: extraKey }),
  assertion: z.strictObject(assertionShape, { error: extraKey }),
});

/** A test of any kind; what else it holds is left out. */
export const testSchema = byKind({
  call: z.object(callShape, { error: FORMS }),
  program: z.object(programShape),
  assertion: z.object(assertionShape),
});

interface Kinds {
  readonly call: z.ZodType<CallTest>;
  readonly program: z.ZodType<ProgramTest>;
  readonly assertion: z.ZodType<AssertionTest>;
}

/** A table of tests of several kinds pads each with nulls: such a column is absent. What a call returns may well be null. */
function withoutPadding(test: unknown): unknown {
  if (typeof test !== "object" || test === null || Array.isArray(test)) return test;
  const kept = Object.entries(test).filter(([, value]) => value !== null);
  const isCall = kept.some(([key]) => key === "input");
  return Object.fromEntries(
    isCall && "expected" in test && test.expected === null ? [...kept, ["expected", null]] : kept,
  );
}

/** A test is of the kind that its first telling key names, so that what else is wrong with it can be named. */
function byKind({ call, program, assertion }: Kinds): z.ZodType<TestCase> {
  const kindOf = (test: unknown): z.ZodType<TestCase> => {
    if (typeof test !== "object" || test === null) return call;
    if ("assertion" in test) return assertion;
    return "stdin" in test || "stdout" in test ? program : call;
  };
  return z.unknown().transform((given, context): TestCase => {
    const test = withoutPadding(given);
    const parsed = kindOf(test).safeParse(test);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      context.issues.push({ code: "custom", path, message, input: test });
    }
    return z.NEVER;
  });
}

/** A problem; what else it holds is left out. */
export const problemSchema = z.object({
  id: z.string(),
  title: z.string(),
  statement: z.string(),
  language: z.enum(["javascript", "python"]),
  entryPoint: z.string().nullable(),
  visibleTests: z.array(testSchema),
  tier: z.enum(TIERS).exactOptional(),
  starterCode: z.string().exactOptional(),
  preamble: z.string().exactOptional(),
  timeLimitMs: z.number().min(0).exactOptional(),
  attribution: z.string().exactOptional(),
}) satisfies z.ZodType<Problem>;
