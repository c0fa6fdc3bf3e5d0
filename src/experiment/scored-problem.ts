import { LabError } from "../core/errors";
import type { ScoredProblem } from "../core/problem";
import { generatePuzzle } from "../puzzles/generator";
import { entryPointFault } from "./entry-point";
import type { ProblemRef } from "./spec";

/**
 * The problem that a specification names, with its hidden tests. Only whoever runs the experiment may call this.
 * @param loadNamed the hand-written puzzles; called for a named one only.
 * @throws LabError `input/unknown-problem`; `input/entry-point` for a problem that the model cannot solve by its name; what `loadNamed` throws.
 */
export async function scoredProblemOf(
  ref: ProblemRef,
  loadNamed: () => Promise<readonly ScoredProblem[]>,
): Promise<ScoredProblem> {
  if (ref.source === "generated") return generatePuzzle(ref.split, ref.tier, ref.index, ref.seed);
  if (ref.source === "custom") {
    const { title, statement, language, entryPoint, visibleTests, hiddenTests } = ref;
    const fault = entryPointFault(entryPoint);
    if (fault !== null) throw fault;
    return { problem: { id: "custom", title, statement, language, entryPoint, visibleTests }, hiddenTests };
  }
  const found = (await loadNamed()).find(({ problem }) => problem.id === ref.id);
  if (!found) {
    throw new LabError("input/unknown-problem", `There is no puzzle ${ref.id}.`, "Choose one from the list.");
  }
  return found;
}
