import { z } from "zod";
import type { SearchConfig, StrategyName } from "../core/config";
import { toErrorData } from "../core/errors";
import { formatModelRef, parseModelRef } from "../core/model-ref";
import { describeLimit, LIMITS, type Limit } from "./limits";
import { PRESET_NAMES } from "./preset-names";
import { toSpecError } from "./spec-error";
import { migrateSpec } from "./spec-migration";
import { SPEC_VERSION } from "./spec-version";

function number(limit: Limit, alternative = "") {
  const error = describeLimit(limit) + alternative;
  const base = limit.whole ? z.int({ error }) : z.number({ error });
  return limit.exclusive
    ? base.gt(limit.min, { error }).max(limit.max, { error })
    : base.min(limit.min, { error }).max(limit.max, { error });
}

function numberOrNull(limit: Limit) {
  return number(limit, ", or null for no bound").nullable();
}

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: values.length === 1 ? `"${values[0]}"` : `one of ${values.join(", ")}` });
}

function text(min: number, max: number) {
  const error = `a text of ${min} to ${max} characters`;
  return z.string({ error }).trim().min(min, { error }).max(max, { error });
}

function object<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: "a group of settings" });
}

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

/** The settings of a search, every field given. Sentence fragments in `error` finish "... must be". */
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

const JSON_VALUE = z.json({ error: "a JSON value" });

const testSchema = z.strictObject(
  { input: z.array(JSON_VALUE, { error: "a list of arguments" }), expected: JSON_VALUE },
  { error: 'a test, such as {"input": [[1, 2]], "expected": 3}' },
);

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
    .array(testSchema, { error: "a list of tests" })
    .min(1, { error: "a list with at least one test" })
    .max(100, { error: "a list of at most 100 tests" }),
  hiddenTests: z.array(testSchema, { error: "a list of tests" }).max(100, { error: "a list of at most 100 tests" }),
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

const MODEL_FORMS = "tiny, webllm:<model id> or openai:<base URL>#<model>";

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
