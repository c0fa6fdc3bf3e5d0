/** What one or more prompts came to. */
export interface PromptCost {
  /** Their tokens. */
  readonly promptTokens: number;
  /** How many of those were really prefilled, because no cache had them. */
  readonly prefilledTokens: number;
}

/** The cost of several prompts together. */
export function totalCost(costs: readonly PromptCost[]): PromptCost {
  return {
    promptTokens: costs.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
    prefilledTokens: costs.reduce((sum, { prefilledTokens }) => sum + prefilledTokens, 0),
  };
}
