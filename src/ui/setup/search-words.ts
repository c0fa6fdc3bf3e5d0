import type { StrategyName } from "../../core/config";
import type { PresetName } from "../../experiment/preset-names";

/** What the presets are called on the screen. */
export const PRESET_WORDS: Record<PresetName, string> = {
  "mcts-tiny": "Tree search, tiny model",
  "best-of-n-tiny": "Best of n, tiny model",
  "greedy-tiny": "Greedy, tiny model",
  paper: "As in the paper",
  "mcts-chat": "Tree search, chat model",
  "best-of-n-chat": "Best of n, chat model",
  "beam-chat": "Beam search, chat model",
  "greedy-chat": "Greedy, chat model",
};

/** The strategies where there is little room. */
export const STRATEGY_SHORT: Record<StrategyName, string> = {
  mcts: "tree search",
  "best-of-n": "best of n",
  majority: "majority",
  beam: "beam search",
  sample: "samples",
  vanilla: "code at once",
  greedy: "greedy",
};

/** What the strategies are called on the screen. */
export const STRATEGY_WORDS: Record<StrategyName, string> = {
  mcts: "Monte Carlo tree search",
  "best-of-n": "Best of n, by tests",
  majority: "Majority, by behaviour",
  beam: "Step-level beam search",
  sample: "Samples with pseudocode",
  vanilla: "Samples, code at once",
  greedy: "Greedy",
};
