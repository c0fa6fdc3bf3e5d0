import type { SearchConfig, StrategyName } from "../../core/config";
import { LIMITS } from "../spec/limits";
import type { ModelFamily } from "../spec/model-family";
import { strategyConfig } from "../spec/strategy-config";

/** What a comparison may compare, in the order of its table. */
export const COMPARISON_STRATEGIES = [
  "vanilla",
  "greedy",
  "sample",
  "best-of-n",
  "majority",
  "beam",
  "mcts-uct",
  "mcts-puct",
] as const;

export type ComparisonStrategy = (typeof COMPARISON_STRATEGIES)[number];

/** What the strategies are called in a table. */
export const COMPARISON_STRATEGY_TITLES: Readonly<Record<ComparisonStrategy, string>> = {
  vanilla: "Vanilla",
  greedy: "Pseudocode, greedy",
  sample: "Pseudocode",
  "best-of-n": "Best of n",
  majority: "Majority",
  beam: "Beam search",
  "mcts-uct": "MCTS (UCT)",
  "mcts-puct": "MCTS (PUCT)",
};

/** Strategies that answer with one sample and so spend what one costs, whatever the budget. */
export const ONE_SAMPLE: ReadonlySet<ComparisonStrategy> = new Set(["vanilla", "greedy", "sample"]);

/**
 * The least progressive widening of a tree search here: with a fixed number of children a small tree is used up before
 * the budget is, and the comparison would not be at an equal one.
 */
const LEAST_WIDENING = 0.5;

function baseOf(strategy: ComparisonStrategy): StrategyName {
  return strategy === "mcts-uct" || strategy === "mcts-puct" ? "mcts" : strategy;
}

/**
 * The settings of a strategy at a budget of sampled tokens a problem, generated tests included: those of its preset for
 * the family of models, with as many simulations as it takes. A run ends with the simulation that meets the budget, so
 * it may go over by one.
 */
export function comparisonConfig(
  strategy: ComparisonStrategy,
  family: ModelFamily,
  budgetTokens: number,
): SearchConfig {
  const numSimulations = ONE_SAMPLE.has(strategy) ? 1 : LIMITS.budget.numSimulations.max;
  const config = strategyConfig(baseOf(strategy), numSimulations, family);
  const budget = { ...config.budget, maxTokens: budgetTokens };
  if (config.strategy !== "mcts") return { ...config, budget };
  const selection = strategy === "mcts-uct" ? "uct" : "puct";
  const widening = Math.max(LEAST_WIDENING, config.tree.widening);
  return { ...config, budget, tree: { ...config.tree, selection, widening } };
}
