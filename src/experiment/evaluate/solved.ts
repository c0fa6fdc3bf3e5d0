import type { ScoredProblem, TestCase } from "../../core/problem";
import type { RunState } from "../../core/run/tree";

/** The tests that decide whether a program is right: the hidden ones; of a problem without any, the visible ones. */
export function decidingTests({ problem, hiddenTests }: ScoredProblem): readonly TestCase[] {
  return hiddenTests.length > 0 ? hiddenTests : problem.visibleTests;
}

/**
 * Whether the answer of a run that is over passes the tests that decide: the hidden ones; of a problem without any, all visible ones.
 * Where there is neither, nothing was shown, and a run that ended with an error was not scored.
 */
export function isSolved({ ended, hidden, nodes }: RunState): boolean {
  if (hidden !== null) return hidden.solved;
  if (!ended?.answer || ended.reason === "error") return false;
  const visible = nodes.get(ended.answer.nodeId)?.verdicts?.filter(({ kind }) => kind === "visible") ?? [];
  return visible.length > 0 && visible.every(({ verdict }) => verdict === "passed");
}
