import type { ComparisonOutcome } from "./cells";
import type { ComparisonSpec } from "./spec";

/** Two strategies of one model on an imported set. */
export const SPEC: ComparisonSpec = {
  version: 1,
  models: ["webllm:Qwen2.5-Coder-7B-Instruct-q4f16_1-MLC"],
  strategies: ["vanilla", "mcts-puct"],
  problems: { source: "imported", collection: "mbpp" },
  limit: 10,
  budgetTokens: 4000,
  stopAtPass: false,
  seed: 1,
  freshSamples: 8,
  price: null,
};

/** The ids of its two cells. */
export const VANILLA = "vanilla webllm:Qwen2.5-Coder-7B-Instruct-q4f16_1-MLC";
export const MCTS = "mcts-puct webllm:Qwen2.5-Coder-7B-Instruct-q4f16_1-MLC";

/** An outcome of 100 tokens, 1,000 prompt tokens (400 prefilled) and 2 seconds, but for what is changed. */
export function outcomeOf(
  cell: string,
  id: string,
  solved: boolean,
  change: Partial<ComparisonOutcome> = {},
): ComparisonOutcome {
  return {
    cell,
    model: cell.slice(cell.indexOf(" ") + 1),
    id,
    tier: null,
    solved,
    ended: "budget",
    message: null,
    code: "",
    tokens: 100,
    promptTokens: 1000,
    prefilledTokens: 400,
    simulations: 1,
    nodes: 2,
    wallMs: 5000,
    elapsedMs: 2000,
    freshPassShare: null,
    firstPass: null,
    ...change,
  };
}
