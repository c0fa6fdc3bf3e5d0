import { LabError } from "../../core/errors";
import { BAD, GOOD, judgementOf, judgePrompt, UNKNOWN_VALUE } from "../../core/protocol/chat/judge";
import { totalCost } from "../../core/protocol/protocol";
import type { TokenQuery, TokenScorer } from "../../ports/policy-model";
import type { StepScorer } from "../../ports/step-scorer";

/**
 * Probability, on average over the paths of a call, that a judge's next token is Yes or No, below which its values would be noise: a
 * model that begins to think, or to chat, hardly ever gives one of them.
 */
const LEAST_MASS = 0.1;

/**
 * A chat model in the role of process reward model, by prompt alone: the probability of Yes against No as the next token after the
 * question whether the path can still become a correct program. A path without steps is worth 0.5 and is not asked about.
 * @throws LabError `model/no-judgement` when the model answers something else.
 */
export function createPromptedScorer(scorer: TokenScorer): StepScorer {
  return {
    async score(problem, paths, signal) {
      const judged = paths.map((steps) => steps.length > 0);
      const queries = paths
        .filter((steps) => steps.length > 0)
        .map((steps): TokenQuery => ({ prompt: judgePrompt(problem, steps), tokens: [...GOOD, ...BAD] }));
      if (queries.length === 0) return { values: paths.map(() => UNKNOWN_VALUE) };
      const answers = await scorer.tokenProbabilities(queries, signal);
      const judgements = queries.map((_, index) => judgementOf(answers[index]?.probabilities ?? []));
      const mass = judgements.reduce((sum, each) => sum + each.mass, 0) / judgements.length;
      if (mass < LEAST_MASS) throw noJudgement(mass);
      let next = 0;
      const values = judged.map((isJudged) =>
        isJudged ? (judgements[next++]?.value ?? UNKNOWN_VALUE) : UNKNOWN_VALUE,
      );
      return { values, mass, prompts: totalCost(answers) };
    },
  };
}

function noJudgement(mass: number): LabError {
  const percent = mass >= 0.001 ? `${(100 * mass).toFixed(1)} %` : "less than 0.1 %";
  return new LabError(
    "model/no-judgement",
    `Asked whether steps are right, the model says Yes or No with a probability of ${percent} only, so its values mean nothing.`,
    "Turn its thinking off, choose another model, or let playouts value the leaves.",
  );
}
