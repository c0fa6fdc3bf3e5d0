import type { SearchConfig, StrategyName } from "../core/config";
import type { PresetName } from "./preset-names";
import { PRESETS } from "./presets";

/** The preset that a strategy's settings start from. */
export const PRESET_OF_STRATEGY: Readonly<Record<StrategyName, PresetName>> = {
  greedy: "greedy-tiny",
  vanilla: "greedy-tiny",
  sample: "greedy-tiny",
  "best-of-n": "best-of-n-tiny",
  mcts: "mcts-tiny",
};

/**
 * A strategy with the settings that suit the tiny model. `greedy`, `vanilla` and `sample` answer with their first sample, so
 * one is what they draw by default.
 * @param numSimulations instead of the strategy's own number.
 */
export function strategyConfig(strategy: StrategyName, numSimulations?: number): SearchConfig {
  const preset = PRESETS[PRESET_OF_STRATEGY[strategy]];
  const budget = { ...preset.budget, numSimulations: numSimulations ?? preset.budget.numSimulations };
  return { ...preset, strategy, budget };
}
