import { z } from "zod";
import { LIMITS } from "../spec/limits";
import { modelSchema, number, object, oneOf, text } from "../spec/parts";
import { toSpecError } from "../spec/spec-error";
import { COMPARISON_STRATEGIES } from "./strategies";

/** The version of the schema below. */
export const COMPARISON_VERSION = 1;

function distinct<Item extends z.ZodType>(item: Item, what: string, most: number) {
  const error = `a list of 1 to ${most} different ${what}`;
  return z
    .array(item, { error })
    .min(1, { error })
    .max(most, { error })
    .refine((list) => new Set(list).size === list.length, { error });
}

/** Where the problems come from: the first `limit` of them are taken. */
const problemSetSchema = z.discriminatedUnion(
  "source",
  [
    z.strictObject({ source: z.literal("imported"), collection: text(1, 100) }),
    z.strictObject({
      source: z.literal("puzzles"),
      split: oneOf(["test", "validation"]),
      tier: oneOf(["all", "described", "hinted", "examples"]),
    }),
  ],
  { error: "one of imported, puzzles" },
);

/** Money for a million tokens, in whatever currency. */
const priceSchema = object({
  prompt: number(LIMITS.comparison.pricePerMillion),
  completion: number(LIMITS.comparison.pricePerMillion),
});

/** A comparison of models and strategies on the same problems at one budget. */
export const comparisonSpecSchema = object({
  version: z.literal(COMPARISON_VERSION, { error: `${COMPARISON_VERSION}` }),
  models: distinct(modelSchema, "models", 16),
  strategies: distinct(oneOf(COMPARISON_STRATEGIES), "strategies", COMPARISON_STRATEGIES.length),
  problems: problemSetSchema,
  /** Most problems to take. */
  limit: number(LIMITS.comparison.limit),
  /** Sampled tokens a problem. */
  budgetTokens: number(LIMITS.comparison.budgetTokens),
  seed: number(LIMITS.seed),
  /** Fresh samples of the last step per solved problem, for ASPR; 0 leaves it out. They are not part of the budget. */
  freshSamples: number(LIMITS.comparison.freshSamples),
  price: priceSchema.nullable(),
});

/** See {@link comparisonSpecSchema}. */
export type ComparisonSpec = z.infer<typeof comparisonSpecSchema>;

/**
 * Checks a comparison that comes from outside.
 * @throws LabError `input/*` whose one sentence names the field, its value and what is allowed.
 */
export function parseComparisonSpec(input: unknown): ComparisonSpec {
  const parsed = comparisonSpecSchema.safeParse(input);
  if (!parsed.success) throw toSpecError("input", parsed.error, input);
  return parsed.data;
}
