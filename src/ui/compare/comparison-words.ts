import { parseModelRef } from "../../core/model";
import type { ComparisonRecord } from "../../experiment/compare/compare";
import type { ComparisonSpec, ComparisonStrategy } from "../../experiment/compare/spec";
import { modelWords } from "../models/model-words";
import { formatCount } from "../shared/format";

/** Stands where there is no figure yet. */
export const NO_FIGURE = "–";

/** What a strategy does, in a line. */
export const STRATEGY_HINTS: Readonly<Record<ComparisonStrategy, string>> = {
  vanilla: "Code at once, one sample",
  greedy: "Pseudocode first, always the likeliest token",
  sample: "Pseudocode first, one sample",
  "best-of-n": "As many samples as the budget allows, the best by tests",
  "best-of-n-distinct": "As best of n, but no path is drawn twice",
  "best-of-n-scorer": "The whole budget; of the best by tests, the best by a step scorer",
  "best-of-n-differing": "The whole budget; of those that pass, by new tests on which they differ",
  "best-of-n-agreement": "The whole budget; of those that pass, by agreement on new tests",
  majority: "As many samples as the budget allows, the most frequent behaviour",
  beam: "Step by step, the best by a step scorer",
  "best-first": "Paths in the order of the model's own probabilities, none twice",
  "best-first-scorer": "As best-first, but step by step: probabilities times a step scorer's values",
  "mcts-uct": "Tree search, selection by UCT",
  "mcts-puct": "Tree search, selection by PUCT with the model's own priors",
  "mcts-puct-distinct": "As MCTS (PUCT), but no step is drawn twice from a node",
  "mcts-scorer": "As MCTS, distinct, with a step scorer's values in place of playouts",
  "mcts-exact": "Not a strategy: MCTS with the true values, which only the puzzle's maker knows",
  "best-first-exact": "Not a strategy: best-first with the true values, which only the puzzle's maker knows",
};

/** The name of a model where there is a line for it. */
export function modelName(model: string): string {
  return modelWords(parseModelRef(model)).name;
}

/** A share in [0, 1] as percent to one place, without its sign. */
export function percent(share: number): string {
  return (share * 100).toFixed(1);
}

/** A difference of shares in points, with its sign. */
export function points(difference: number): string {
  const rounded = (difference * 100).toFixed(1);
  if (Number(rounded) === 0) return "0.0";
  return difference < 0 ? `\u2212${rounded.slice(1)}` : `+${rounded}`;
}

/** An interval as it stands below its figure. */
export function interval([low, high]: readonly [number, number], show: (share: number) => string): string {
  return `${show(low)} to ${show(high)}`;
}

/** A number of tokens, or a dash. */
export function tokens(count: number | null): string {
  return count === null ? NO_FIGURE : formatCount(Math.round(count));
}

/** Seconds: two places below ten, one below a hundred, none above; or a dash. */
export function seconds(amount: number | null): string {
  if (amount === null) return NO_FIGURE;
  return amount.toFixed(amount < 10 ? 2 : amount < 100 ? 1 : 0);
}

/** Money, to three places that tell something; or a dash. */
export function money(amount: number | null): string {
  return amount === null ? NO_FIGURE : String(Number(amount.toPrecision(3)));
}

/** When a comparison was begun: `21 Nov, 14:05`. */
export function startedWords(startedAt: string): string {
  return new Date(startedAt).toLocaleString("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** `1 problem`, `8 problems`. */
export function counted(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? "" : "s"}`;
}

/** The name of a file, without its extension: what was compared, and when: `mbpp-4000-tokens-2026-11-21-1405`. */
export function fileStem({ title, spec, startedAt }: Pick<ComparisonRecord, "title" | "spec" | "startedAt">) {
  const set = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  // Swedish writes dates as ISO 8601 does, in the time of the place.
  const time = new Date(startedAt).toLocaleString("sv-SE").slice(0, 16).replace(" ", "-").replace(":", "");
  return `${set}-${spec.budgetTokens}-tokens-${time}`;
}

/** What sets our rows apart from the paper's rows beside them, in one sentence. */
export function paperDifferences({ models, problems }: Pick<ComparisonSpec, "models" | "problems">): string {
  const names = models.map((model) => {
    const ref = parseModelRef(model);
    return ref.engine === "webllm" ? ref.id : ref.engine === "openai" ? ref.model : "";
  });
  const isMbpp = problems.source === "imported" && /mbpp/i.test(problems.collection);
  const differences = [
    isMbpp ? "" : "other problems than its MBPP",
    names.some((name) => /instruct/i.test(name)) ? "a model tuned to instructions" : "",
    names.some((name) => /q\d|int\d|awq|gptq|gguf/i.test(name)) ? "quantised weights" : "",
    "other prompts",
    "a token budget",
  ].filter((difference) => difference !== "");
  return (
    "Rows in italics are the paper's own, without intervals, token counts or a number of problems. " +
    `Ours differ from them: ${differences.join(", ")}.`
  );
}
