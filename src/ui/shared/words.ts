import { plannedSimulations } from "../../core/config";
import type { Tier } from "../../core/problem";
import type { TokenCount } from "../../core/run/events";
import type { RunState } from "../../core/run/tree";
import type { DeadEndReason } from "../../core/step";
import type { Outcome, TestVerdict } from "../../core/verdict";
import type { RunStatus } from "../../store/run/run-view";

/** How a test ended, in a few words. */
export const OUTCOME_WORDS: Record<Outcome, string> = {
  passed: "passed",
  failed: "wrong value",
  error: "error",
  timeout: "too slow",
  memory: "too much memory",
  "output-limit": "too much output",
  crashed: "crashed",
  "syntax-error": "syntax error",
  "missing-entry-point": "no such function",
};

/** Why a completion could not become a step. */
export const DEAD_END_WORDS: Record<DeadEndReason, string> = {
  grammar: "The completion breaks the order of steps: define first, then refine, code last.",
  length: "The step ran into its token limit before it was finished.",
  thought: "The model's thoughts were cut off before it came to an answer.",
  "max-depth": "The path reached its greatest depth without coming to code.",
  empty: "The step has no text.",
};

/** How many of the verdicts are `passed`. */
export function countPassed(verdicts: readonly TestVerdict[]): number {
  return verdicts.filter(({ verdict }) => verdict === "passed").length;
}

/** Why a run ended before it had done all its simulations; empty when it did them. */
function earlyEnd({ ended, config, simulations, tokens }: RunState): string {
  if (ended === null) return "";
  const done = `${simulations} ${simulations === 1 ? "simulation" : "simulations"}`;
  if (ended.reason === "stopped") return `Stopped after ${done}.`;
  if (ended.reason === "error") return ended.message ?? `Failed after ${done}.`;
  if (config === null) return "";
  const planned = plannedSimulations(config);
  if (ended.reason === "passed") return `Ended at the first pass, after ${done}.`;
  if (simulations >= planned) return "";
  const { maxTokens } = config.budget;
  // With a token budget the number of simulations is but a bound that nobody chose.
  if (ended.reason === "budget" && maxTokens !== null && tokens.sampled >= maxTokens)
    return `Token budget spent after ${done}.`;
  const share = `${simulations} of ${planned} simulations`;
  return ended.reason === "exhausted"
    ? `Nothing new left to try after ${share}.`
    : `Token or time budget spent after ${share}.`;
}

/** How the answer was chosen anew after the search; empty when it was not. */
function secondLook({ finalists }: RunState): string {
  if (finalists === null) return "";
  const chosen = `Chosen among ${finalists.all.length} programs by`;
  if (finalists.by === "scorer") return `${chosen} the step scorer.`;
  if (finalists.tests === 0) return `${finalists.all.length} programs pass, and no new test was written.`;
  return finalists.by === "differing"
    ? `${chosen} new tests on which they differ.`
    : `${chosen} agreement on new tests.`;
}

function hiddenVerdict({ solved, verdicts }: NonNullable<RunState["hidden"]>): string {
  if (solved) return "Solved: all hidden tests pass.";
  if (verdicts.length === 0) return "Not solved: no program was found.";
  return `Not solved: ${countPassed(verdicts)} of ${verdicts.length} hidden tests pass.`;
}

/** How the shown run went, in a sentence; empty while there is nothing to say. */
export function qualifiedVerdict(state: RunState, status: RunStatus): string {
  const { ended, hidden } = state;
  if (hidden !== null) {
    const sentences = [earlyEnd(state), secondLook(state), hiddenVerdict(hidden)];
    return sentences.filter((sentence) => sentence !== "").join(" ");
  }
  if (ended === null) return status === "paused" ? "Paused." : "";
  if (ended.answer === null) return ended.message ?? "No program was found.";
  if (ended.reason === "stopped") return "Stopped; the best program so far is the answer.";
  if (ended.message !== undefined) return ended.message;
  const reward = state.nodes.get(ended.answer.nodeId)?.reward;
  if (state.config === null && reward?.pass === undefined) return "Which tests the answer passes is not known.";
  return reward?.pass === 1 ? "The answer passes all tests it could see." : "No program passes all tests.";
}

/** How much a statement gives away. */
export const TIER_WORDS: Record<Tier, string> = {
  described: "Described",
  hinted: "Hinted",
  "two-hidden": "Two hidden",
  examples: "Examples only",
};

/** What this browser lacks, in one quiet sentence that says how to mend it; null when it has everything. */
export function environmentNote(environment: { readonly isolated: boolean; readonly webgpu: boolean }): string | null {
  const { isolated, webgpu } = environment;
  if (!isolated) {
    const also = webgpu ? "" : " and without WebGPU";
    return `The model runs on one thread${also}, more slowly: the server does not isolate this page. npm start serves it with the headers it needs.`;
  }
  if (!webgpu) {
    return "No WebGPU here: the model runs on the processor. Chrome has WebGPU where graphics acceleration is on.";
  }
  return null;
}

/** The share of prompt tokens, in [0, 1], that did not have to be prefilled again; null before any prompt. */
export function reusedShare({ prompt, prefilled }: TokenCount): number | null {
  return prompt === 0 ? null : 1 - prefilled / prompt;
}
