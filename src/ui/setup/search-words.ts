import type { StrategyName } from "../../core/config";
import type { PresetName } from "../../experiment/spec/preset-names";

/** What the presets are called on the screen. */
export const PRESET_WORDS: Record<PresetName, string> = {
  "mcts-tiny": "Tree search",
  "best-of-n-tiny": "Best of n",
  "greedy-tiny": "Greedy",
  paper: "As in the paper, tiny model",
  "mcts-chat": "Tree search, as in the paper",
  "mcts-webllm": "Tree search, path first",
  "best-of-n-chat": "Best of n",
  "beam-chat": "Beam search",
  "greedy-chat": "Greedy",
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
