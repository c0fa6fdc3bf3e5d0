import type { SearchConfig, StrategyName, TreeSearchConfig } from "../../core/config";
import { LIMITS, type Limit } from "../../experiment/spec/limits";
import type { PresetName } from "../../experiment/spec/presets";

interface SettingBase {
  readonly label: string;
  /** One line: what it does. */
  readonly help: string;
  /** The strategies it has a meaning for; all without it. */
  readonly only?: readonly StrategyName[];
}

/** A number among the settings; null is no bound. */
interface NumberSetting extends SettingBase {
  readonly kind: "number";
  readonly limit: Limit;
  readonly step?: number;
  readonly optional: boolean;
  get(config: SearchConfig): number | null;
  set(config: SearchConfig, value: number | null): SearchConfig;
}

/** A choice among the settings. */
interface ChoiceSetting extends SettingBase {
  readonly kind: "choice";
  readonly options: readonly { readonly value: string; readonly label: string }[];
  get(config: SearchConfig): string;
  set(config: SearchConfig, value: string): SearchConfig;
}

/** A setting behind "More settings". */
export type Setting = NumberSetting | ChoiceSetting;

type NumberKey<Group> = { [Key in keyof Group]: Group[Key] extends number ? Key : never }[keyof Group];

const withTree = (config: SearchConfig, change: Partial<TreeSearchConfig>) => ({
  ...config,
  tree: { ...config.tree, ...change },
});

const TREE: readonly StrategyName[] = ["mcts"];
const TREE_AND_BEAM: readonly StrategyName[] = ["mcts", "beam"];
const PATHS: readonly StrategyName[] = ["mcts", "beam", "best-first"];
const SAMPLING: readonly StrategyName[] = ["mcts", "beam", "best-of-n", "majority", "sample", "vanilla"];

interface TreeNumber {
  readonly label: string;
  readonly help: string;
  readonly only?: readonly StrategyName[];
  readonly step?: number;
}

function treeNumber(key: keyof typeof LIMITS.tree, { only = TREE, ...words }: TreeNumber): NumberSetting {
  return {
    ...{ kind: "number", only, limit: LIMITS.tree[key], optional: false, ...words },
    get: (config) => config.tree[key],
    set: (config, value) => (value === null ? config : withTree(config, { [key]: value })),
  };
}

type SamplingKey = NumberKey<SearchConfig["sampling"]>;

function samplingNumber(key: SamplingKey, label: string, help: string, step?: number): NumberSetting {
  return {
    ...{ kind: "number", label, help, limit: LIMITS.sampling[key], optional: false },
    ...(step === undefined ? {} : { step }),
    get: (config) => config.sampling[key],
    set: (config, value) => (value === null ? config : { ...config, sampling: { ...config.sampling, [key]: value } }),
  };
}

function bound(key: "maxTokens" | "maxSeconds", label: string, help: string): NumberSetting {
  return {
    ...{ kind: "number", label, help, limit: LIMITS.budget[key], optional: true },
    get: (config) => config.budget[key],
    set: (config, value) => ({ ...config, budget: { ...config.budget, [key]: value } }),
  };
}

const SELECTION: ChoiceSetting = {
  ...{
    kind: "choice",
    label: "Selection",
    help: "How the next child is chosen; PUCT weighs in the prior.",
    only: TREE,
  },
  options: [
    { value: "uct", label: "UCT" },
    { value: "puct", label: "PUCT" },
  ],
  get: (config) => config.tree.selection,
  set: (config, value) => withTree(config, { selection: value as TreeSearchConfig["selection"] }),
};

const SCHEDULE: ChoiceSetting = {
  ...{ kind: "choice", label: "Schedule of c", help: "How c changes over the run.", only: TREE },
  options: [
    { value: "const", label: "constant" },
    { value: "lin", label: "linear decay" },
    { value: "exp", label: "exponential decay" },
  ],
  get: (config) => config.tree.schedule,
  set: (config, value) => withTree(config, { schedule: value as TreeSearchConfig["schedule"] }),
};

const LEAF_VALUE: ChoiceSetting = {
  ...{
    kind: "choice",
    label: "Leaf values",
    help: "What a new step is worth: by a playout and its tests, or by a step scorer (PRM).",
    only: ["mcts", "best-first"],
  },
  options: [
    { value: "playout", label: "playouts" },
    { value: "scorer", label: "step scorer" },
    { value: "exact", label: "true values (ceiling)" },
  ],
  get: (config) => config.tree.leafValue,
  set: (config, value) => withTree(config, { leafValue: value as TreeSearchConfig["leafValue"] }),
};

const ANSWER: ChoiceSetting = {
  ...{
    kind: "choice",
    label: "Answer",
    help: "How one of several programs that pass is chosen: new tests are written after the search.",
    only: ["mcts", "best-of-n", "best-first"],
  },
  options: [
    { value: "tests", label: "by the search's tests" },
    { value: "scorer", label: "by the step scorer" },
    { value: "differing", label: "new tests that differ (S*)" },
    { value: "agreement", label: "agreement on new tests" },
  ],
  get: (config) => config.answer,
  set: (config, value) => ({ ...config, answer: value as SearchConfig["answer"] }),
};

const COMPILE_WEIGHT: NumberSetting = {
  ...{
    kind: "number",
    label: "Compile weight a",
    help: "Reward is a · compile + (1 − a) · tests passed.",
  },
  ...{ limit: LIMITS.compileWeight, step: 0.1, optional: false },
  get: (config) => config.compileWeight,
  set: (config, value) => (value === null ? config : { ...config, compileWeight: value }),
};

const GENERATED_TESTS: NumberSetting = {
  ...{ kind: "number", label: "Generated tests", help: "Tests the model writes before the search." },
  ...{ limit: LIMITS.numGeneratedTests, optional: false },
  get: (config) => config.numGeneratedTests,
  set: (config, value) => (value === null ? config : { ...config, numGeneratedTests: value }),
};

const TEST_TRUST: ChoiceSetting = {
  ...{
    kind: "choice",
    label: "Trust in generated tests",
    help: "How they choose among equal programs: by count, or by programs that agree.",
  },
  options: [
    { value: "share", label: "share passed" },
    { value: "agreement", label: "agreement" },
  ],
  get: (config) => config.testTrust,
  set: (config, value) => ({ ...config, testTrust: value as SearchConfig["testTrust"] }),
};

const OFF_ON = [
  { value: "off", label: "off" },
  { value: "on", label: "on" },
];

const STOP_AT_PASS: ChoiceSetting = {
  ...{ kind: "choice", label: "Stop at a pass", help: "Ends at the first program that passes all tests it sees." },
  options: OFF_ON,
  get: ({ budget }) => (budget.stopAtPass ? "on" : "off"),
  set: (config, value) => ({ ...config, budget: { ...config.budget, stopAtPass: value === "on" } }),
};

const WITHOUT_REPLACEMENT: ChoiceSetting = {
  ...{
    kind: "choice",
    label: "Without replacement",
    help: "Draws no step or sample twice; tiny model only.",
    only: SAMPLING,
  },
  options: OFF_ON,
  get: ({ sampling }) => (sampling.withoutReplacement ? "on" : "off"),
  set: (config, value) => ({ ...config, sampling: { ...config.sampling, withoutReplacement: value === "on" } }),
};

/** Everything behind "More settings", in order. */
export const SETTINGS: readonly Setting[] = [
  SELECTION,
  treeNumber("exploration", { label: "Exploration c", help: "Higher tries neglected steps more often.", step: 0.1 }),
  SCHEDULE,
  LEAF_VALUE,
  treeNumber("beamWidth", { label: "Beam width", help: "Paths kept after each step.", only: ["beam"] }),
  treeNumber("samplesPerExpansion", {
    label: "Samples per expansion",
    help: "Next steps drawn when a node opens.",
    only: TREE_AND_BEAM,
  }),
  treeNumber("widening", { label: "Widening", help: "How fast busy nodes draw further steps; 0 never.", step: 0.1 }),
  treeNumber("maxDepth", { label: "Depth", help: "Steps on the longest path.", only: PATHS }),
  treeNumber("parallelSimulations", {
    label: "Parallel",
    help: "Simulations under way at once.",
    only: ["mcts", "best-first"],
  }),
  samplingNumber("temperature", "Temperature", "0 is greedy; higher is more varied.", 0.1),
  samplingNumber("topK", "Top-k", "Keep the k likeliest tokens; 0 keeps all."),
  samplingNumber("topP", "Top-p", "Keep the likeliest tokens up to this probability.", 0.05),
  WITHOUT_REPLACEMENT,
  COMPILE_WEIGHT,
  GENERATED_TESTS,
  TEST_TRUST,
  ANSWER,
  STOP_AT_PASS,
  bound("maxTokens", "Token budget", "Ends the run after so many sampled tokens."),
  bound("maxSeconds", "Second budget", "Ends the run after so many seconds; then no two runs are alike."),
];

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
  "best-first": "best first",
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
  "best-first": "Best-first, by prior",
  sample: "Samples with pseudocode",
  vanilla: "Samples, code at once",
  greedy: "Greedy",
};
