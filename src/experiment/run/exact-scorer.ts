import { LabError } from "../../core/errors";
import type { Problem } from "../../core/problem";
import type { Step } from "../../core/step";
import type { StepScorer } from "../../ports/step-scorer";
import { puzzleOf } from "../../puzzles/generator";
import { createValidity } from "../../puzzles/validity";

/** Whether a problem is one of the list puzzles, as its maker would make it again. */
export function isPuzzle(problem: Problem): boolean {
  return puzzleOf(problem.id)?.problem.statement === problem.statement;
}

/**
 * The perfect step scorer: 1 for a path that is right so far, 0 for any other, as the problem's maker knows. For measuring what a
 * scorer could buy at most; it knows what no search may, so nothing that uses it solves a problem. It costs no tokens.
 */
export function createExactScorer(): StepScorer {
  const known = new Map<string, (steps: readonly Step[]) => boolean>();
  const validityOf = ({ id }: Problem) => {
    const puzzle = known.has(id) ? null : puzzleOf(id);
    if (puzzle) known.set(id, createValidity(puzzle));
    const validity = known.get(id);
    if (validity) return validity;
    throw new LabError("input/no-exact-values", `Nobody knows the exact values of steps of ${id}.`);
  };
  return {
    score: async (problem, paths) => {
      const isRight = validityOf(problem);
      return { values: paths.map((steps) => (isRight(steps) ? 1 : 0)) };
    },
  };
}
