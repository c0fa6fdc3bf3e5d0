import { z } from "zod";
import type { SearchConfig, StrategyName } from "../../core/config";
import { LIMITS } from "./limits";
import { migrateSpec, SPEC_VERSION } from "./migration";
import { modelSchema, number, numberOrNull, object, oneOf, toSpecError, yesOrNo } from "./parts";
import { PRESET_NAMES } from "./presets";
import { problemRefSchema } from "./problem-ref";

/** The strategies there are, in the order to list them. */
export const STRATEGY_NAMES = [
  "greedy",
  "vanilla",
  "sample",
  "best-of-n",
  "majority",
  "beam",
  "best-first",
  "mcts",
] as const satisfies readonly StrategyName[];

/** The settings of a search, every field given. */
export const searchConfigSchema = object({
  strategy: oneOf(STRATEGY_NAMES),
  budget: object({
    numSimulations: number(LIMITS.budget.numSimulations),
    maxTokens: numberOrNull(LIMITS.budget.maxTokens),
    maxSeconds: numberOrNull(LIMITS.budget.maxSeconds),
    stopAtPass: yesOrNo(),
  }),
  sampling: object({
    temperature: number(LIMITS.sampling.temperature),
    topK: number(LIMITS.sampling.topK),
    topP: number(LIMITS.sampling.topP),
    maxStepTokens: number(LIMITS.sampling.maxStepTokens),
    maxPathTokens: number(LIMITS.sampling.maxPathTokens),
    withoutReplacement: yesOrNo(),
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
    leafValue: oneOf(["playout", "scorer", "exact"]),
  }),
  compileWeight: number(LIMITS.compileWeight),
  numGeneratedTests: number(LIMITS.numGeneratedTests),
  testTrust: oneOf(["share", "agreement"]),
  /** `tests` where it is not given, as it was before there was a choice. */
  answer: oneOf(["tests", "scorer", "differing", "agreement"]).default("tests"),
}) satisfies z.ZodType<SearchConfig>;

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
