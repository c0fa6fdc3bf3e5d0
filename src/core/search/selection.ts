import type { ExplorationSchedule, SelectionRule } from "../config";

/** What a selection formula may look at. Virtual visits are included (see search/flight.ts). */
export interface Candidate {
  /** N of the child, at least 0. */
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
