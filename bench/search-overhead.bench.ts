import { openLab } from "../cli/browser";
import { puzzleRefOf } from "../src/experiment/spec/problem-ref";
import type { Lab, SolveRequest } from "../src/lab";
import type { Measure } from "./measure";

/** One profiled run. */
interface Run extends Awaited<ReturnType<Lab["profile"]>> {
  readonly problem: string;
  readonly overheadShare: number;
  readonly savedPromptShare: number;
  readonly searchMs: number;
  readonly messagingMs: number;
}

const PROBLEMS = ["test-described-0", "test-hinted-0", "test-examples-0"] as const;

/**
 * What the search itself costs: the share of a run's time that is spent neither in the model nor in the sandbox, and where the
 * rest goes. `messagingMs` is the time between asking the model's worker and its answer in which it did not work.
 */
export const measure: Measure = async (log) => {
  const lab = await openLab(log);
  try {
    const runs: Run[] = [];
    for (const [index, id] of PROBLEMS.entries()) {
      const problem = puzzleRefOf(id);
      if (problem === null) throw new Error(`There is no puzzle ${id}.`);
      const request: SolveRequest = {
        problem,
        strategy: "mcts",
        simulations: 64,
        seed: index + 1,
        backend: "wasm",
      };
      const stats = await lab.call("profile", request);
      const searchMs = stats.totalMs - stats.waitMs - stats.consumerMs - stats.pausedMs;
      const messagingMs = stats.modelMs - stats.modelBusyMs;
      const overheadShare = (searchMs + messagingMs + stats.consumerMs) / stats.totalMs;
      const savedPromptShare = 1 - stats.prefilledTokens / stats.promptTokens;
      runs.push({ problem: id, overheadShare, savedPromptShare, searchMs, messagingMs, ...stats });
      log(`${id}: ${(100 * overheadShare).toFixed(1)} % of ${Math.round(stats.totalMs)} ms`);
    }
    const total = (key: "totalMs" | "searchMs" | "messagingMs" | "consumerMs") =>
      runs.reduce((sum, run) => sum + run[key], 0);
    return {
      overheadShare: (total("searchMs") + total("messagingMs") + total("consumerMs")) / total("totalMs"),
      simulationsPerRun: 64,
      runs,
    };
  } finally {
    await lab.close();
  }
};
