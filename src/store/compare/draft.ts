import { LabError } from "../../core/errors";
import { type ComparisonSpec, parseComparisonSpec } from "../../experiment/compare/spec";
import type { ExperimentSpec } from "../../experiment/spec/spec";

/** A comparison that shows something within seconds on the tiny model; on the model and the problems that are set up. */
export function firstDraft({ model, problem }: Pick<ExperimentSpec, "model" | "problem">): ComparisonSpec {
  return {
    version: 1,
    models: [model],
    strategies: ["vanilla", "sample", "mcts-puct"],
    problems:
      problem.source === "imported"
        ? { source: "imported", collection: problem.collection }
        : { source: "puzzles", split: "test", tier: "hinted" },
    limit: 8,
    budgetTokens: 2000,
    seed: 1,
    freshSamples: 8,
    price: null,
  };
}

/**
 * Checks a comparison that was set up.
 * @throws LabError `input/*`: one sentence for the person who set it up.
 */
export function checkDraft(draft: ComparisonSpec): ComparisonSpec {
  if (draft.models.length === 0) throw new LabError("input/no-models", "Choose at least one model.");
  if (draft.strategies.length === 0) throw new LabError("input/no-strategies", "Choose at least one strategy.");
  return parseComparisonSpec(draft);
}
