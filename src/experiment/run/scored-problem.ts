import { LabError } from "../../core/errors";
import type { ScoredProblem } from "../../core/problem";
import { generatePuzzle } from "../../puzzles/generator";
import type { ProblemRef } from "../spec/spec";

/** Where problems lie that are not made on the spot. */
export interface ProblemShelves {
  /** The hand-written puzzles. */
  named(): Promise<readonly ScoredProblem[]>;
  /** A problem of an imported collection. @throws LabError `input/unknown-collection` or `input/unknown-problem`. */
  imported(collection: string, id: string): Promise<ScoredProblem>;
}

/**
 * The problem that a specification names, with its hidden tests. Only whoever runs the experiment may call this.
 * @throws LabError `input/unknown-problem`; what the shelves throw.
 */
export async function scoredProblemOf(ref: ProblemRef, shelves: ProblemShelves): Promise<ScoredProblem> {
  switch (ref.source) {
    case "generated":
      return generatePuzzle(ref.split, ref.tier, ref.index, ref.seed);
    case "custom": {
      const { title, statement, language, entryPoint, visibleTests, hiddenTests } = ref;
      return { problem: { id: "custom", title, statement, language, entryPoint, visibleTests }, hiddenTests };
    }
    case "imported": {
      const { problem, hiddenTests } = await shelves.imported(ref.collection, ref.id);
      return { problem, hiddenTests };
    }
    case "named": {
      const found = (await shelves.named()).find(({ problem }) => problem.id === ref.id);
      if (found) return found;
      throw new LabError("input/unknown-problem", `There is no puzzle ${ref.id}.`, "Choose one from the list.");
    }
  }
}
