import { openLab } from "../cli/browser";
import { NAMED_ENTRIES, slugOf } from "../src/puzzles/splits";
import type { Measure } from "./measure";

/**
 * The named puzzles, each by tree search with 64 simulations: how many are solved, what they cost, and how many of the tests the
 * model generated are right. A generated test counts as right when a program that passed every hidden test passes it, so
 * that share is over the solved puzzles.
 */
export const measure: Measure = async (log) => {
  const lab = await openLab(log);
  const unsolved: string[] = [];
  const wallMs: number[] = [];
  const generated: boolean[] = [];
  let tokens = 0;
  try {
    for (const { title, tier } of NAMED_ENTRIES) {
      const { report } = await lab.call("solve", {
        problem: { source: "named", id: slugOf(title) },
        strategy: "mcts",
        simulations: 64,
        seed: 1,
        backend: "auto",
      });
      wallMs.push(report.wallMs);
      tokens += report.tokens;
      if (report.solved) {
        const tests = report.tests.filter((test) => test.kind === "generated");
        generated.push(...tests.map((test) => test.verdict === "passed"));
      } else unsolved.push(slugOf(title));
      log(`${title} (${tier}): ${report.solved ? "solved" : "not solved"} in ${Math.round(report.wallMs)} ms`);
    }
  } finally {
    await lab.close();
  }
  return {
    puzzles: NAMED_ENTRIES.length,
    solved: NAMED_ENTRIES.length - unsolved.length,
    unsolved,
    tokensPerPuzzle: tokens / NAMED_ENTRIES.length,
    medianWallMs: wallMs.sort((a, b) => a - b)[Math.floor(wallMs.length / 2)] ?? null,
    generatedTests: {
      judged: generated.length,
      right: generated.filter(Boolean).length / Math.max(1, generated.length),
    },
  };
};
