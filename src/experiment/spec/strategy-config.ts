import type { SearchConfig, StrategyName } from "../../core/config";
import type { ModelFamily } from "./model-family";
import type { PresetName } from "./preset-names";
import { PRESETS } from "./presets";

/** The preset that a strategy's settings start from, for each family of models. */
const PRESETS_OF_FAMILY: Readonly<Record<ModelFamily, Readonly<Record<StrategyName, PresetName>>>> = {
  tiny: {
    greedy: "greedy-tiny",
    vanilla: "greedy-tiny",
    sample: "greedy-tiny",
    "best-of-n": "best-of-n-tiny",
    majority: "best-of-n-tiny",
    beam: "mcts-tiny",
    mcts: "mcts-tiny",
  },
  chat: {
    greedy: "greedy-chat",
    vanilla: "greedy-chat",
    sample: "greedy-chat",
    "best-of-n": "best-of-n-chat",
    majority: "best-of-n-chat",
    beam: "beam-chat",
    mcts: "mcts-chat",
  },
  webllm: {
    greedy: "greedy-chat",
    vanilla: "greedy-chat",
    sample: "greedy-chat",
    "best-of-n": "best-of-n-chat",
    majority: "best-of-n-chat",
    beam: "beam-chat",
    mcts: "mcts-webllm",
  },
};

/** Whether a preset was made for a family of models; `paper` has the tiny model's token bounds. */
export function presetSuits(preset: PresetName, family: ModelFamily): boolean {
  return Object.values(PRESETS_OF_FAMILY[family]).includes(preset) || (preset === "paper" && family === "tiny");
}

/** The preset that a strategy's settings start from. */
export function presetOfStrategy(strategy: StrategyName, family: ModelFamily = "tiny"): PresetName {
  return PRESETS_OF_FAMILY[family][strategy];
}

/**
 * A strategy with the settings that suit a family of models. `greedy`, `vanilla` and `sample` answer with their first
 * sample, so one is what they draw by default.
 * @param numSimulations instead of the strategy's own number.
 */
export function strategyConfig(
  strategy: StrategyName,
  numSimulations?: number,
  family: ModelFamily = "tiny",
): SearchConfig {
  const preset = PRESETS[presetOfStrategy(strategy, family)];
  const budget = { ...preset.budget, numSimulations: numSimulations ?? preset.budget.numSimulations };
  return { ...preset, strategy, budget };
}
