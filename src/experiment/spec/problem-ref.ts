import { z } from "zod";
import { TIERS } from "../../core/problem";
import { callTestSchema } from "../../core/test-schema";
import { parsePuzzleId } from "../../puzzles/puzzle-id";
import { LIMITS } from "./limits";
import { number, oneOf, text, toSpecError } from "./parts";

/** A problem of the user's own, tests included. It travels in links and files, so its size is bounded. */
export const customProblemSchema = z.strictObject({
  source: z.literal("custom"),
  title: text(1, 200),
  statement: text(1, 10_000),
  entryPoint: z
    .string({ error: "the name of a function" })
    .regex(/^[A-Za-z_$][\w$]{0,99}$/, { error: "the name of a function, such as solve" }),
  language: oneOf(["javascript", "python"]),
  visibleTests: z
    .array(callTestSchema, { error: "a list of tests" })
    .min(1, { error: "a list with at least one test" })
    .max(100, { error: "a list of at most 100 tests" }),
  hiddenTests: z.array(callTestSchema, { error: "a list of tests" }).max(100, { error: "a list of at most 100 tests" }),
});

const generatedSchema = z.strictObject({
  source: z.literal("generated"),
  split: oneOf(["test", "validation"]),
  tier: oneOf(TIERS),
  index: number(LIMITS.puzzleIndex),
  seed: number(LIMITS.seed),
});

/** Which problem an experiment is about. */
export const problemRefSchema = z.discriminatedUnion(
  "source",
  [
    z.strictObject({ source: z.literal("named"), id: text(1, 100) }),
    generatedSchema,
    z.strictObject({ source: z.literal("imported"), collection: text(1, 100), id: text(1, 200) }),
    customProblemSchema,
  ],
  { error: "one of named, generated, imported, custom" },
);

/** See {@link problemRefSchema}. */
export type ProblemRef = z.infer<typeof problemRefSchema>;

/** See {@link customProblemSchema}. */
export type CustomProblem = z.infer<typeof customProblemSchema>;

/**
 * Checks a problem of the user's own; `source: "custom"` may be left out.
 * @throws LabError `input/*`, as {@link parseSpec}.
 */
export function parseCustomProblem(input: unknown): CustomProblem {
  const given = typeof input === "object" && input !== null ? { source: "custom", ...input } : input;
  const parsed = customProblemSchema.safeParse(given);
  if (!parsed.success) throw toSpecError("input", parsed.error, given);
  return parsed.data;
}

/** The generated puzzle that an id names, if an experiment may be about it; null when it names none. */
export function puzzleRefOf(id: string): Extract<ProblemRef, { readonly source: "generated" }> | null {
  const parsed = generatedSchema.safeParse({ source: "generated", ...parsePuzzleId(id) });
  return parsed.success ? parsed.data : null;
}
