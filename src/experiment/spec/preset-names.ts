/** The presets there are; see presets.ts for what they hold. */
export const PRESET_NAMES = [
  "mcts-tiny",
  "best-of-n-tiny",
  "greedy-tiny",
  "paper",
  "mcts-chat",
  "mcts-webllm",
  "best-of-n-chat",
  "beam-chat",
  "greedy-chat",
] as const;

export type PresetName = (typeof PRESET_NAMES)[number];
