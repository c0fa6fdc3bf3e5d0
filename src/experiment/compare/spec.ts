import { z } from "zod";
import type { AnswerRule, SearchConfig, StrategyName, TreeSearchConfig } from "../../core/config";
import { TIERS } from "../../core/problem";
import { LIMITS } from "../spec/limits";
import type { ModelFamily } from "../spec/model-family";
import { modelSchema, number, object, oneOf, text, toSpecError, yesOrNo } from "../spec/parts";
import { strategyConfig } from "../spec/presets";

/** What a comparison may compare, in the order of its table. */
export const COMPARISON_STRATEGIES = [
  "vanilla",
  "greedy",
  "sample",
  "best-of-n",
  "best-of-n-distinct",
  "best-of-n-scorer",
  "best-of-n-differing",
  "best-of-n-agreement",
  "majority",
  "beam",
  "best-first",
  "best-first-scorer",
  "mcts-uct",
  "mcts-puct",
  "mcts-puct-distinct",
  "mcts-scorer",
  "mcts-exact",
  "best-first-exact",
] as const;

export type ComparisonStrategy = (typeof COMPARISON_STRATEGIES)[number];

/** What the strategies are called in a table. */
export const COMPARISON_STRATEGY_TITLES: Readonly<Record<ComparisonStrategy, string>> = {
  vanilla: "Vanilla",
  greedy: "Pseudocode, greedy",
  sample: "Pseudocode",
  "best-of-n": "Best of n",
  "best-of-n-distinct": "Best of n distinct",
  "best-of-n-scorer": "Best of n, scorer",
  "best-of-n-differing": "Best of n, S*",
  "best-of-n-agreement": "Best of n, CodeT",
  majority: "Majority",
  beam: "Beam search",
  "best-first": "Best-first",
  "best-first-scorer": "Best-first, scorer",
  "mcts-uct": "MCTS (UCT)",
  "mcts-puct": "MCTS (PUCT)",
  "mcts-puct-distinct": "MCTS, distinct",
  "mcts-scorer": "MCTS, scorer",
  "mcts-exact": "Ceiling: MCTS",
  "best-first-exact": "Ceiling: best-first",
};

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
      tier: oneOf(["all", ...TIERS]),
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
  /** Whether a problem's run ends at the first program that passes the given tests (`Budget.stopAtPass`). */
  stopAtPass: yesOrNo(),
  seed: number(LIMITS.seed),
  /** Fresh samples of the last step per solved problem, for ASPR; 0 leaves it out. They are not part of the budget. */
  freshSamples: number(LIMITS.comparison.freshSamples),
  price: priceSchema.nullable(),
});

/** See {@link comparisonSpecSchema}. */
export type ComparisonSpec = z.infer<typeof comparisonSpecSchema>;

/** A comparison's settings as any version of the app has kept them. */
export type KeptComparisonSpec = Omit<ComparisonSpec, "stopAtPass"> & Partial<Pick<ComparisonSpec, "stopAtPass">>;

/** A comparison's settings as the newest version keeps them: older ones spent the whole budget on each problem. */
export function migrateComparisonSpec(kept: KeptComparisonSpec): ComparisonSpec {
  return { ...kept, stopAtPass: kept.stopAtPass ?? false };
}

/**
 * Checks a comparison that comes from outside.
 * @throws LabError `input/*` whose one sentence names the field, its value and what is allowed.
 */
export function parseComparisonSpec(input: unknown): ComparisonSpec {
  const parsed = comparisonSpecSchema.safeParse(input);
  if (!parsed.success) throw toSpecError("input", parsed.error, input);
  return parsed.data;
}

/** Strategies that answer with one sample and so spend what one costs, whatever the budget. */
export const ONE_SAMPLE: ReadonlySet<ComparisonStrategy> = new Set(["vanilla", "greedy", "sample"]);

/**
 * The least progressive widening of a tree search here: with a fixed number of children a small tree is used up before
 * the budget is, and the comparison would not be at an equal one.
 */
const LEAST_WIDENING = 0.5;

/**
 * Of a tree search whose leaves have values. Without playouts a simulation brings one step, so that widening as fast as otherwise would spend
 * nearly all of them at the root; and values tell more than the sparse rewards that the presets' c is for.
 */
const VALUED_TREE = { widening: 0.5, exploration: 0.3 } as const;

/** Strategies that need a model's token ids: they draw without replacement. */
export const WITHOUT_REPLACEMENT: ReadonlySet<ComparisonStrategy> = new Set([
  "best-of-n-distinct",
  "best-first",
  "best-first-scorer",
  "mcts-puct-distinct",
  "mcts-scorer",
  "mcts-exact",
  "best-first-exact",
]);

/** Strategies that need a model with a step scorer. */
export const WITH_SCORER: ReadonlySet<ComparisonStrategy> = new Set([
  "best-of-n-scorer",
  "beam",
  "best-first-scorer",
  "mcts-scorer",
]);

/** Not strategies but ceilings: they know what only a list puzzle's maker does, which no strategy may. */
export const CEILINGS: ReadonlySet<ComparisonStrategy> = new Set(["mcts-exact", "best-first-exact"]);

/**
 * Strategies that look at several programs that pass, each by its rule: they never end at the first, and spend their whole budget.
 */
const SECOND_LOOKS: { readonly [strategy in ComparisonStrategy]?: AnswerRule } = {
  "best-of-n-scorer": "scorer",
  "best-of-n-differing": "differing",
  "best-of-n-agreement": "agreement",
};

/** Where the values of leaves come from, if not from playouts. */
const LEAF_VALUES: { readonly [strategy in ComparisonStrategy]?: TreeSearchConfig["leafValue"] } = {
  "mcts-scorer": "scorer",
  "mcts-exact": "exact",
  "best-first-scorer": "scorer",
  "best-first-exact": "exact",
};

function baseOf(strategy: ComparisonStrategy): StrategyName {
  switch (strategy) {
    case "mcts-uct":
    case "mcts-puct":
    case "mcts-puct-distinct":
    case "mcts-scorer":
    case "mcts-exact":
      return "mcts";
    case "best-first-scorer":
    case "best-first-exact":
      return "best-first";
    case "best-of-n-distinct":
    case "best-of-n-scorer":
    case "best-of-n-differing":
    case "best-of-n-agreement":
      return "best-of-n";
    default:
      return strategy;
  }
}

/**
 * The settings of a strategy at a budget of sampled tokens a problem, generated tests included: those of its preset for
 * the family of models, with as many simulations as it takes. A run ends with the simulation that meets the budget, so
 * it may go over by one.
 *
 * Where a run ends at a pass, simulations follow one another, so that none is paid for in vain (problems go on side by
 * side instead), and the tiny model writes no tests before: they only choose among programs that pass, and there is but one. What looks
 * at several programs that pass goes on to the end of its budget all the same, and needs no tests before.
 */
export function comparisonConfig(
  strategy: ComparisonStrategy,
  family: ModelFamily,
  { budgetTokens, stopAtPass: stops }: Pick<ComparisonSpec, "budgetTokens" | "stopAtPass">,
): SearchConfig {
  const answer = SECOND_LOOKS[strategy] ?? "tests";
  const stopAtPass = stops && answer === "tests";
  const numSimulations = ONE_SAMPLE.has(strategy) ? 1 : LIMITS.budget.numSimulations.max;
  const base = strategyConfig(baseOf(strategy), numSimulations, family);
  const config: SearchConfig = {
    ...base,
    budget: { ...base.budget, maxTokens: budgetTokens, stopAtPass },
    sampling: { ...base.sampling, withoutReplacement: WITHOUT_REPLACEMENT.has(strategy) },
    numGeneratedTests: (stops && family === "tiny") || answer !== "tests" ? 0 : base.numGeneratedTests,
    tree: {
      ...base.tree,
      parallelSimulations: stopAtPass ? 1 : base.tree.parallelSimulations,
      leafValue: LEAF_VALUES[strategy] ?? base.tree.leafValue,
    },
    answer,
  };
  if (config.strategy !== "mcts") return config;
  const selection = strategy === "mcts-uct" ? "uct" : "puct";
  const widening = Math.max(LEAST_WIDENING, config.tree.widening);
  const own = config.tree.leafValue === "playout" ? {} : VALUED_TREE;
  return { ...config, tree: { ...config.tree, selection, widening, ...own } };
}
