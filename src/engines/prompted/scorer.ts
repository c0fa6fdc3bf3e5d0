import { BAD, GOOD, judgedValue, judgePrompt, UNKNOWN_VALUE } from "../../core/protocol/chat/judge";
import { totalCost } from "../../core/protocol/protocol";
import type { TokenQuery, TokenScorer } from "../../ports/policy-model";
import type { StepScorer } from "../../ports/step-scorer";

/**
 * A chat model in the role of process reward model, by prompt alone: the probability of `+` against `-` as the next token after the last
 * step. Steps come one a turn with the earlier ones answered `+` (as RLHFlow's PRMs are asked), so a path is one growing
 * conversation. A path without steps, and one after which the model gives neither sign, is worth 0.5.
 */
export function createPromptedScorer(scorer: TokenScorer): StepScorer {
  return {
    async score(problem, paths, signal) {
      const judged = paths.map((steps) => steps.length > 0);
      const queries = paths
        .filter((steps) => steps.length > 0)
        .map((steps): TokenQuery => ({ prompt: judgePrompt(problem, steps), tokens: [GOOD, BAD] }));
      if (queries.length === 0) return { values: paths.map(() => UNKNOWN_VALUE) };
      const answers = await scorer.tokenProbabilities(queries, signal);
      let next = 0;
      const values = judged.map((isJudged) =>
        isJudged ? judgedValue(answers[next++]?.probabilities ?? []) : UNKNOWN_VALUE,
      );
      return { values, prompts: totalCost(answers) };
    },
  };
}
