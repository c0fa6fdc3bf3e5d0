import type { SearchConfig, TreeSearchConfig } from "../../core/config";
import { LIMITS, type Limit } from "../../experiment/limits";

interface SettingBase {
  readonly label: string;
  /** One line: what it does. */
  readonly help: string;
  /** Has a meaning for tree search only. */
  readonly treeOnly: boolean;
}

/** A number among the settings; null is no bound. */
export interface NumberSetting extends SettingBase {
  readonly kind: "number";
  readonly limit: Limit;
  readonly step?: number;
  readonly optional: boolean;
  get(config: SearchConfig): number | null;
  set(config: SearchConfig, value: number | null): SearchConfig;
}

/** A choice among the settings. */
export interface ChoiceSetting extends SettingBase {
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

function treeNumber(key: keyof typeof LIMITS.tree, label: string, help: string, step?: number): NumberSetting {
  return {
    ...{ kind: "number", label, help, treeOnly: true, limit: LIMITS.tree[key], optional: false },
    ...(step === undefined ? {} : { step }),
    get: (config) => config.tree[key],
    set: (config, value) => (value === null ? config : withTree(config, { [key]: value })),
  };
}

type SamplingKey = NumberKey<SearchConfig["sampling"]>;

function samplingNumber(key: SamplingKey, label: string, help: string, step?: number): NumberSetting {
  return {
    ...{ kind: "number", label, help, treeOnly: false, limit: LIMITS.sampling[key], optional: false },
    ...(step === undefined ? {} : { step }),
    get: (config) => config.sampling[key],
    set: (config, value) => (value === null ? config : { ...config, sampling: { ...config.sampling, [key]: value } }),
  };
}

function bound(key: "maxTokens" | "maxSeconds", label: string, help: string): NumberSetting {
  return {
    ...{ kind: "number", label, help, treeOnly: false, limit: LIMITS.budget[key], optional: true },
    get: (config) => config.budget[key],
    set: (config, value) => ({ ...config, budget: { ...config.budget, [key]: value } }),
  };
}

const SELECTION: ChoiceSetting = {
  ...{
    kind: "choice",
    label: "Selection",
    help: "How the next child is chosen; PUCT weighs in the prior.",
    treeOnly: true,
  },
  options: [
    { value: "uct", label: "UCT" },
    { value: "puct", label: "PUCT" },
  ],
  get: (config) => config.tree.selection,
  set: (config, value) => withTree(config, { selection: value as TreeSearchConfig["selection"] }),
};

const SCHEDULE: ChoiceSetting = {
  ...{ kind: "choice", label: "Schedule of c", help: "How c changes over the run.", treeOnly: true },
  options: [
    { value: "const", label: "constant" },
    { value: "lin", label: "linear decay" },
    { value: "exp", label: "exponential decay" },
  ],
  get: (config) => config.tree.schedule,
  set: (config, value) => withTree(config, { schedule: value as TreeSearchConfig["schedule"] }),
};

const COMPILE_WEIGHT: NumberSetting = {
  ...{
    kind: "number",
    label: "Compile weight a",
    help: "Reward is a · compile + (1 − a) · tests passed.",
    treeOnly: false,
  },
  ...{ limit: LIMITS.compileWeight, step: 0.1, optional: false },
  get: (config) => config.compileWeight,
  set: (config, value) => (value === null ? config : { ...config, compileWeight: value }),
};

const GENERATED_TESTS: NumberSetting = {
  ...{ kind: "number", label: "Generated tests", help: "Tests the model writes before the search.", treeOnly: false },
  ...{ limit: LIMITS.numGeneratedTests, optional: false },
  get: (config) => config.numGeneratedTests,
  set: (config, value) => (value === null ? config : { ...config, numGeneratedTests: value }),
};

/** Everything behind "More settings", in order. */
export const SETTINGS: readonly Setting[] = [
  SELECTION,
  treeNumber("exploration", "Exploration c", "Higher tries neglected steps more often.", 0.1),
  SCHEDULE,
  treeNumber("samplesPerExpansion", "Samples per expansion", "Next steps drawn when a node opens."),
  treeNumber("widening", "Widening", "How fast busy nodes draw further steps; 0 never.", 0.1),
  treeNumber("maxDepth", "Depth", "Steps on the longest path."),
  treeNumber("parallelSimulations", "Parallel", "Simulations under way at once."),
  samplingNumber("temperature", "Temperature", "0 is greedy; higher is more varied.", 0.1),
  samplingNumber("topK", "Top-k", "Keep the k likeliest tokens; 0 keeps all."),
  samplingNumber("topP", "Top-p", "Keep the likeliest tokens up to this probability.", 0.05),
  COMPILE_WEIGHT,
  GENERATED_TESTS,
  bound("maxTokens", "Token budget", "Ends the run after so many sampled tokens."),
  bound("maxSeconds", "Second budget", "Ends the run after so many seconds; then no two runs are alike."),
];
