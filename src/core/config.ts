/** How the next child is chosen. */
export type SelectionRule = "uct" | "puct";

/** How the exploration constant changes over a run (reference repository, src/mcts). */
export type ExplorationSchedule = "const" | "lin" | "exp";

/** Ways to spend a budget on a problem; each is an ask/tell search over the same tree. */
export type StrategyName = "greedy" | "vanilla" | "sample" | "best-of-n" | "majority" | "beam" | "best-first" | "mcts";

/**
 * How generated tests choose among programs with equal rewards: by the share that passes (tests count one each), or by dual
 * execution agreement (CodeT, arXiv 2207.10397: programs that pass the same tests vouch for those tests and for one another).
 */
export type TestTrust = "share" | "agreement";

/**
 * How a run chooses its answer:
 * * `tests`: by the verdicts of its search (core/search/answer.ts);
 * * `scorer`: among the programs of the highest reward, the one that the step scorer thinks most of;
 * * `differing`: among the programs that pass all given tests, by new tests on which they differ (S*; Li et al. 2025, arXiv 2502.14382);
 * * `agreement`: among the same, by dual execution agreement on new tests (CodeT, arXiv 2207.10397).
 * All but `tests` look again after the search, and spend what that takes beyond its budget. For strategies that choose.
 */
export type AnswerRule = "tests" | "scorer" | "differing" | "agreement";

/** What a search may spend; it ends at the first bound it meets. */
export interface Budget {
  /**
   * MCTS: simulations (the paper: rollouts). Sampling strategies: samples. Beam: paths followed, all its beams
   * together. Best-first: paths. At least 1.
   */
  readonly numSimulations: number;
  /** Sampled tokens (not prompt tokens), or null for no bound. */
  readonly maxTokens: number | null;
  /** Wall seconds, or null for no bound; measured by the driver, the core has no clock. */
  readonly maxSeconds: number | null;
  /**
   * Whether it ends at the first program that passes all given tests: the visible ones, and in data synthesis the problem's own.
   * Generated tests may be wrong and do not decide it, so a problem without given tests never ends so. Absent in old records: false.
   */
  readonly stopAtPass: boolean;
}

/** How tokens are drawn. */
export interface Sampling {
  /** 0 (greedy) to 2. */
  readonly temperature: number;
  /** Keep the k likeliest tokens; 0 keeps all. */
  readonly topK: number;
  /** Keep the smallest set of tokens whose probability reaches this, in (0, 1]. */
  readonly topP: number;
  /** Most tokens of one step. */
  readonly maxStepTokens: number;
  /** Most tokens of one whole path (a playout, or code at once). */
  readonly maxPathTokens: number;
  /**
   * Whether what was drawn is not drawn again: next steps among siblings, whole paths among samples. Exact, by the
   * policy's own probabilities; needs a model that tells its token ids. Absent in old records: false.
   */
  readonly withoutReplacement: boolean;
}

/** The settings of the tree search. PAPERS.md says where each default comes from. */
export interface TreeSearchConfig {
  readonly selection: SelectionRule;
  /** The constant c of UCT and PUCT, at least 0. */
  readonly exploration: number;
  readonly schedule: ExplorationSchedule;
  /** Next steps drawn when a node is expanded, at least 1. */
  readonly samplesPerExpansion: number;
  /**
   * Progressive widening: a node visited N times may draw ceil(samplesPerExpansion * N^widening) steps in all. 0 is the
   * paper's fixed number; in [0, 1].
   */
  readonly widening: number;
  /** Steps on the longest path, the code step included. */
  readonly maxDepth: number;
  /** Simulations under way at once (virtual loss keeps them apart); 1 is the textbook search. */
  readonly parallelSimulations: number;
  /** Paths that step-level beam search keeps after each step, at least 1. */
  readonly beamWidth: number;
  /**
   * Where a leaf's value comes from: a playout to code and its tests, the step scorer (PRM), or (`exact`) the problem's maker, who
   * knows which paths are right: a ceiling for scorers on list puzzles, and no way to solve a problem.
   */
  readonly leafValue: "playout" | "scorer" | "exact";
}

/** Everything a search needs to know besides the problem and the seed. */
export interface SearchConfig {
  readonly strategy: StrategyName;
  readonly budget: Budget;
  readonly sampling: Sampling;
  readonly tree: TreeSearchConfig;
  /** a of the terminal reward a * compile + (1 - a) * pass, in [0, 1]. */
  readonly compileWeight: number;
  /** Tests to ask of the test-case generator before the search, 0 for none. */
  readonly numGeneratedTests: number;
  readonly testTrust: TestTrust;
  /** Absent in old records: `tests`. */
  readonly answer: AnswerRule;
}

/** Where the values of leaves come from; strategies that have no such choice play out. */
export function leafValueOf({
  strategy,
  tree,
}: Pick<SearchConfig, "strategy" | "tree">): TreeSearchConfig["leafValue"] {
  return strategy === "mcts" || strategy === "best-first" ? tree.leafValue : "playout";
}

/** Whether the values of the search come from the problem's maker: see `leafValue`. */
export function isCeiling(config: Pick<SearchConfig, "strategy" | "tree">): boolean {
  return leafValueOf(config) === "exact";
}

/** Simulations of a whole run, unless something ends it before: greedy search would only repeat its one path. */
export function plannedSimulations({ strategy, budget }: Pick<SearchConfig, "strategy" | "budget">): number {
  return strategy === "greedy" ? 1 : budget.numSimulations;
}
