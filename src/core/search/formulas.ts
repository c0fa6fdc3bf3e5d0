import type { ExplorationSchedule, SelectionRule, TreeSearchConfig } from "../config";
import { nodeAt, type Tree, type TreeNode } from "../run/tree";

/** What a selection formula may look at. */
export interface Candidate {
  /** N of the child, at least 0, its virtual visits included. */
  readonly visitCount: number;
  /** W of the child, at least 0. */
  readonly valueSum: number;
  /** P of the child, in [0, 1]. */
  readonly prior: number;
}

/** How attractive a child is: the search goes to the largest. `parentVisits` is N of the parent, `c` at least 0. */
export type SelectionFormula = (child: Candidate, parentVisits: number, c: number) => number;

/**
 * UCB1 applied to trees (Kocsis and Szepesvari 2006): Q + c * sqrt(ln N(parent) / N). An unvisited child is infinitely
 * attractive, so that among several of them chance decides: random-first, as in the reference repository (src/mcts).
 */
export const uct: SelectionFormula = ({ visitCount, valueSum }, parentVisits, c) => {
  if (visitCount === 0) return Number.POSITIVE_INFINITY;
  return valueSum / visitCount + c * Math.sqrt(Math.log(Math.max(1, parentVisits)) / visitCount);
};

/**
 * PUCT (AlphaZero; Silver et al. 2018): Q + c * P * sqrt(N(parent)) / (1 + N). An unvisited child counts with Q = 0, so the
 * prior decides among them, and a good visited child may come before a bad unvisited one.
 */
export const puct: SelectionFormula = ({ visitCount, valueSum, prior }, parentVisits, c) => {
  const q = visitCount === 0 ? 0 : valueSum / visitCount;
  return q + (c * prior * Math.sqrt(Math.max(1, parentVisits))) / (1 + visitCount);
};

/** The formulas by the name a configuration gives them. */
export const SELECTION_FORMULAS: Readonly<Record<SelectionRule, SelectionFormula>> = { uct, puct };

/**
 * Seen from one child, a formula is a line: Q + drive * slope. The drive is the same for all siblings and changes with every visit of
 * their parent; the slope is the child's own and changes only with the child. So what a child is worth later is at most what it is worth
 * now and its slope times what the drive has gained. Up to rounding; formulas are compared as they are written above.
 */
export interface SelectionLine {
  /** `totalWeight` is what the priors of the children are shares of, at least 0. */
  readonly drive: (parentVisits: number, c: number, totalWeight: number) => number;
  /** `weight` is the child's part of the total weight, at least 0. */
  readonly slope: (visitCount: number, weight: number) => number;
}

/** The lines of the formulas. An unvisited child is infinitely steep under UCT. */
export const SELECTION_LINES: Readonly<Record<SelectionRule, SelectionLine>> = {
  uct: {
    drive: (parentVisits, c) => c * Math.sqrt(Math.log(Math.max(1, parentVisits))),
    slope: (visitCount) => 1 / Math.sqrt(visitCount),
  },
  puct: {
    drive: (parentVisits, c, totalWeight) =>
      totalWeight > 0 ? (c * Math.sqrt(Math.max(1, parentVisits))) / totalWeight : 0,
    slope: (visitCount, weight) => weight / (1 + visitCount),
  },
};

/** The share of c that is left at the end of a run under `lin` and `exp`. */
const FINAL_SHARE = 0.1;

/**
 * The exploration constant of one simulation: c throughout (`const`), or falling from c at the first simulation to 0.1 c
 * at the end of the budget, in a line (`lin`) or by a constant factor (`exp`), as in the reference repository.
 * `simulation` counts from 0 to `numSimulations` - 1.
 */
export function explorationAt(
  schedule: ExplorationSchedule,
  c: number,
  simulation: number,
  numSimulations: number,
): number {
  const progress = simulation / numSimulations;
  switch (schedule) {
    case "const":
      return c;
    case "lin":
      return c * (1 - (1 - FINAL_SHARE) * progress);
    case "exp":
      return c * FINAL_SHARE ** progress;
  }
}

/**
 * How many next steps a node visited N times may have drawn in all: ceil(k * max(1, N)^widening) with k samples per expansion.
 * Progressive widening (Couetoux et al. 2011): a node that is visited often draws more, so that its
 * first samples do not bound what the search can find. 0 is the paper's fixed number of samples. Repeated draws of one step
 * count, because they cost as much.
 */
export function drawAllowance(
  visitCount: number,
  config: Pick<TreeSearchConfig, "samplesPerExpansion" | "widening">,
): number {
  // The tolerance keeps 4^0.5 * 3 = 6 from becoming 7 when a power is not exact.
  return Math.ceil(config.samplesPerExpansion * Math.max(1, visitCount) ** config.widening - 1e-9);
}

/** What a prior is made of. */
export type PriorSource = Pick<TreeNode, "logProb" | "tokens" | "count" | "deadEnd">;

/**
 * What the prior of a step is a share of: count * exp(logProb / tokens), the likelihood per token, so that long steps are not punished
 * for their length, as often as it was drawn: two draws of the same step weigh as much as two different steps of that likelihood. A dead
 * end weighs nothing, because the search never goes there. A likelihood that is not known counts as `unknown`, which among siblings is what
 * theirs are on average.
 */
export function priorWeight({ logProb, tokens, count, deadEnd }: PriorSource, unknown = 1): number {
  if (deadEnd !== undefined) return 0;
  return count * (logProb === null ? unknown : Math.exp(logProb / Math.max(1, tokens)));
}

/** What the priors of siblings are shares of. Where none of their likelihoods is known, they count as equal. */
export function siblingWeights(siblings: readonly PriorSource[]): readonly number[] {
  const known = siblings.filter(({ logProb, deadEnd }) => logProb !== null && deadEnd === undefined);
  const draws = known.reduce((sum, { count }) => sum + count, 0);
  const mean = draws === 0 ? 1 : known.reduce((sum, each) => sum + priorWeight(each), 0) / draws;
  return siblings.map((each) => priorWeight(each, mean));
}

/** The prior P of each sibling: its share of their weights. Sums to 1 over the live ones. */
export function siblingPriors(siblings: readonly PriorSource[]): readonly number[] {
  const weights = siblingWeights(siblings);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total > 0 ? weight / total : 0));
}

/** The prior P of a node among its siblings, in [0, 1]; 1 at the root, null where a log-probability is not known. */
export function priorOf(tree: Tree, { id, parent }: TreeNode): number | null {
  if (parent === null) return 1;
  const siblings = [...nodeAt(tree, parent).children].map((sibling) => nodeAt(tree, sibling));
  if (siblings.some(({ logProb }) => logProb === null)) return null;
  return siblingPriors(siblings)[siblings.findIndex((sibling) => sibling.id === id)] ?? 0;
}

/** A program as its generated tests see it. */
export interface TestedProgram {
  /** Whether it passes each generated test, in order. */
  readonly passes: readonly boolean[];
  /** How often it was drawn, at least 1. */
  readonly draws: number;
}

/**
 * Dual execution agreement (CodeT; Chen et al. 2023, arXiv 2207.10397): programs that pass exactly the same tests form
 * a consensus set with those tests, and its score is the number of its programs times the number of its tests. Many
 * programs vouch for a test, many tests for a program. A program that was drawn several times counts as often. One
 * score per program, at least 0; the programs of a set have the same.
 */
export function agreementScores(programs: readonly TestedProgram[]): readonly number[] {
  const keys = programs.map(({ passes }) => passes.map(Number).join(""));
  const draws = new Map<string, number>();
  for (const [i, program] of programs.entries()) {
    draws.set(keys[i] ?? "", (draws.get(keys[i] ?? "") ?? 0) + program.draws);
  }
  return programs.map(({ passes }, i) => (draws.get(keys[i] ?? "") ?? 0) * passes.filter(Boolean).length);
}
