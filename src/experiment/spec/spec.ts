import { z } from "zod";
import type { SearchConfig, StrategyName } from "../../core/config";
import { callTestSchema } from "../../core/test-schema";
import { LIMITS } from "./limits";
import { migrateSpec } from "./migration";
import { modelSchema, number, numberOrNull, object, oneOf, text } from "./parts";
import { PRESET_NAMES } from "./preset-names";
import { toSpecError } from "./spec-error";
import { SPEC_VERSION } from "./version";

/** The strategies there are, in the order to list them. */
export const STRATEGY_NAMES = [
  "greedy",
  "vanilla",
  "sample",
  "best-of-n",
  "majority",
  "beam",
  "mcts",
] as const satisfies readonly StrategyName[];

/** The settings of a search, every field given. */
export const searchConfigSchema = object({
  strategy: oneOf(STRATEGY_NAMES),
  budget: object({
    numSimulations: number(LIMITS.budget.numSimulations),
    maxTokens: numberOrNull(LIMITS.budget.maxTokens),
    maxSeconds: numberOrNull(LIMITS.budget.maxSeconds),
  }),
  sampling: object({
    temperature: number(LIMITS.sampling.temperature),
    topK: number(LIMITS.sampling.topK),
    topP: number(LIMITS.sampling.topP),
    maxStepTokens: number(LIMITS.sampling.maxStepTokens),
    maxPathTokens: number(LIMITS.sampling.maxPathTokens),
  }),
  tree: object({
    selection: oneOf(["uct", "puct"]),
    exploration: number(LIMITS.tree.exploration),
    schedule: oneOf(["const", "lin", "exp"]),
    samplesPerExpansion: number(LIMITS.tree.samplesPerExpansion),
    widening: number(LIMITS.tree.widening),
    maxDepth: number(LIMITS.tree.maxDepth),
    parallelSimulations: number(LIMITS.tree.parallelSimulations),
    beamWidth: number(LIMITS.tree.beamWidth),
    leafValue: oneOf(["playout", "scorer"]),
  }),
  compileWeight: number(LIMITS.compileWeight),
  numGeneratedTests: number(LIMITS.numGeneratedTests),
  testTrust: oneOf(["share", "agreement"]),
}) satisfies z.ZodType<SearchConfig>;

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

/** Which problem an experiment is about. */
export const problemRefSchema = z.discriminatedUnion(
  "source",
  [
    z.strictObject({ source: z.literal("named"), id: text(1, 100) }),
    z.strictObject({
      source: z.literal("generated"),
      split: oneOf(["test", "validation"]),
      tier: oneOf(["described", "hinted", "examples"]),
      index: number(LIMITS.puzzleIndex),
      seed: number(LIMITS.seed),
    }),
    z.strictObject({ source: z.literal("imported"), collection: text(1, 100), id: text(1, 200) }),
    customProblemSchema,
  ],
  { error: "one of named, generated, imported, custom" },
);

/** Everything that decides a run besides the model's weights and the backend: same spec, same tree. */
export const experimentSpecSchema = object({
  version: z.literal(SPEC_VERSION, { error: `${SPEC_VERSION}` }),
  /** The preset the settings started from; `config` holds the settings in full. */
  preset: oneOf(PRESET_NAMES),
  problem: problemRefSchema,
  model: modelSchema,
  seed: number(LIMITS.seed),
  config: searchConfigSchema,
});

/** See {@link problemRefSchema}. */
export type ProblemRef = z.infer<typeof problemRefSchema>;

/** See {@link customProblemSchema}. */
export type CustomProblem = z.infer<typeof customProblemSchema>;

/** See {@link experimentSpecSchema}. */
export type ExperimentSpec = z.infer<typeof experimentSpecSchema>;

/**
 * Checks a specification that comes from outside; an older version is brought to the present one first.
 * @throws LabError `input/*` whose one sentence names the field, its value and what is allowed.
 */
export function parseSpec(input: unknown): ExperimentSpec {
  const migrated = migrateSpec(input);
  const parsed = experimentSpecSchema.safeParse(migrated);
  if (!parsed.success) throw toSpecError("input", parsed.error, migrated);
  return parsed.data;
}

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
