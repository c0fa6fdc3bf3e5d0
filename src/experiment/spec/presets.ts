import type { SearchConfig, StrategyName } from "../../core/config";
import { SPEC_VERSION } from "./migration";
import type { ModelFamily } from "./model-family";
import type { ProblemRef } from "./problem-ref";
import type { ExperimentSpec } from "./spec";

/** The presets there are. */
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

/**
 * The reference repository's numbers (github.com/ADaM-BJTU/O1-CODER, src/mcts): 15 rollouts, UCT with c = 2.0 held constant,
 * 3 samples per expansion, depth 5, one simulation at a time, temperature 0.8, top-k 40, top-p 0.95, a = 0 in the terminal
 * reward (the code is not compiled on its own). It draws a fixed number of children: widening 0. The token bounds are ours:
 * what the tiny model needs (its longest step is about 100 tokens, its longest path 220).
 */
const PAPER: SearchConfig = {
  strategy: "mcts",
  budget: { numSimulations: 15, maxTokens: null, maxSeconds: null, stopAtPass: false },
  sampling: {
    temperature: 0.8,
    topK: 40,
    topP: 0.95,
    maxStepTokens: 128,
    maxPathTokens: 256,
    withoutReplacement: false,
  },
  tree: {
    selection: "uct",
    exploration: 2,
    schedule: "const",
    samplesPerExpansion: 3,
    widening: 0,
    maxDepth: 5,
    parallelSimulations: 1,
    beamWidth: 4,
    leafValue: "playout",
  },
  compileWeight: 0,
  numGeneratedTests: 0,
  testTrust: "share",
  answer: "tests",
};

/**
 * What suits the tiny model. Ours, not the paper's:
 * - 64 simulations, because they cost seconds; depth 8, because a puzzle's path has up to 7 steps.
 * - PUCT with c = 2: rewards are sparse (most wrong programs pass nothing), so for long the prior is all there is to go by. UCT
 *   visits a step that was drawn ten times no more than a slip that was drawn once (`npm run bench -- search-settings`).
 * - 2 samples per expansion and progressive widening 0.8 (Couetoux et al. 2011): a node whose first samples were all wrong must be
 *   able to draw others; a smaller exponent saves tokens and misses solutions.
 * - 8 simulations under way at once, which is what batched decoding rewards.
 * - 4 generated tests, which only break ties (core/search/answer.ts).
 * Sampling as in the paper.
 */
const MCTS_TINY: SearchConfig = {
  ...PAPER,
  budget: { ...PAPER.budget, numSimulations: 64 },
  tree: {
    ...PAPER.tree,
    selection: "puct",
    samplesPerExpansion: 2,
    widening: 0.8,
    maxDepth: 8,
    parallelSimulations: 8,
  },
  numGeneratedTests: 4,
};

/** As many samples as the tree search has simulations, the best of them by the same rule. */
const BEST_OF_N_TINY: SearchConfig = { ...MCTS_TINY, strategy: "best-of-n" };

/** One path, always the likeliest token. */
const GREEDY_TINY: SearchConfig = {
  ...MCTS_TINY,
  strategy: "greedy",
  budget: { ...MCTS_TINY.budget, numSimulations: 1 },
  numGeneratedTests: 0,
};

/**
 * The reference repository's search for a chat model. Ours: room for longer steps and paths (a program of MBPP or
 * HumanEval with its pseudocode), depth 8, because some models refine more than three times, 4 simulations at once, so
 * that a server has something to batch, and 4 generated tests, which dual execution agreement weighs (a chat model's
 * tests are better than the tiny model's, but no more certain).
 */
const MCTS_CHAT: SearchConfig = {
  ...PAPER,
  sampling: { ...PAPER.sampling, maxStepTokens: 512, maxPathTokens: 1536 },
  tree: { ...PAPER.tree, maxDepth: 8, parallelSimulations: 4 },
  numGeneratedTests: 4,
  testTrust: "agreement",
};

/**
 * Path first, for a model that keeps the cache of one growing conversation and prefills all else anew: a simulation draws one next
 * step and goes on from it, widening draws the siblings later, and simulations follow one another
 * (`npm run bench -- webllm-overhead` tells the share of prompt tokens this saves).
 */
const MCTS_WEBLLM: SearchConfig = {
  ...MCTS_CHAT,
  tree: { ...MCTS_CHAT.tree, samplesPerExpansion: 1, widening: 0.7, parallelSimulations: 1 },
};

/** As many samples as the tree search has simulations. */
const BEST_OF_N_CHAT: SearchConfig = { ...MCTS_CHAT, strategy: "best-of-n" };

/**
 * Four paths, four draws each (M = 4 in Snell et al. 2024, arXiv 2408.03314); 64 paths are one beam of six steps. The
 * scorer chooses, so no tests are generated.
 */
const BEAM_CHAT: SearchConfig = {
  ...MCTS_CHAT,
  strategy: "beam",
  budget: { ...MCTS_CHAT.budget, numSimulations: 64 },
  tree: { ...MCTS_CHAT.tree, samplesPerExpansion: 4, beamWidth: 4 },
  numGeneratedTests: 0,
};

/** One path, always the likeliest token. */
const GREEDY_CHAT: SearchConfig = {
  ...MCTS_CHAT,
  strategy: "greedy",
  budget: { ...MCTS_CHAT.budget, numSimulations: 1 },
  numGeneratedTests: 0,
};

/** Complete settings by name. A link names its preset and holds the differences, so the numbers of a released preset are frozen. */
export const PRESETS: Readonly<Record<PresetName, SearchConfig>> = {
  "mcts-tiny": MCTS_TINY,
  "best-of-n-tiny": BEST_OF_N_TINY,
  "greedy-tiny": GREEDY_TINY,
  paper: PAPER,
  "mcts-chat": MCTS_CHAT,
  "mcts-webllm": MCTS_WEBLLM,
  "best-of-n-chat": BEST_OF_N_CHAT,
  "beam-chat": BEAM_CHAT,
  "greedy-chat": GREEDY_CHAT,
};

/** What the app starts with. */
export const DEFAULT_PRESET: PresetName = "mcts-tiny";

/** A specification with the settings of a preset. `model` is what `formatModelRef` writes. */
export function specFromPreset(preset: PresetName, problem: ProblemRef, seed = 1, model = "tiny"): ExperimentSpec {
  return { version: SPEC_VERSION, preset, problem, model, seed, config: PRESETS[preset] };
}

/** The preset that a strategy's settings start from, for each family of models. */
const PRESETS_OF_FAMILY: Readonly<Record<ModelFamily, Readonly<Record<StrategyName, PresetName>>>> = {
  tiny: {
    greedy: "greedy-tiny",
    vanilla: "greedy-tiny",
    sample: "greedy-tiny",
    "best-of-n": "best-of-n-tiny",
    majority: "best-of-n-tiny",
    beam: "mcts-tiny",
    "best-first": "best-of-n-tiny",
    mcts: "mcts-tiny",
  },
  chat: {
    greedy: "greedy-chat",
    vanilla: "greedy-chat",
    sample: "greedy-chat",
    "best-of-n": "best-of-n-chat",
    majority: "best-of-n-chat",
    beam: "beam-chat",
    "best-first": "best-of-n-chat",
    mcts: "mcts-chat",
  },
  webllm: {
    greedy: "greedy-chat",
    vanilla: "greedy-chat",
    sample: "greedy-chat",
    "best-of-n": "best-of-n-chat",
    majority: "best-of-n-chat",
    beam: "beam-chat",
    "best-first": "best-of-n-chat",
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
