import { LabError } from "../../../core/errors";
import type { ChatMessage } from "../../../core/protocol/protocol";
import type { ChatCompletionMessageParam, MLCEngineInterface } from "../package";

/** The most that the engine tells of. */
const TOLD_TOKENS = 5;

/** What a prompt's first token might be. */
export interface ProbedTokens {
  /** In [0, 1], in the order of the tokens asked for. */
  readonly probabilities: readonly number[];
  /** Prompt tokens that went through the model. */
  readonly prefilledTokens: number;
}

/**
 * The probability of each of `tokens` as the next one, at temperature 1; 0 for one that is not among the five
 * likeliest. A token with and without a space before it counts as one.
 * @throws LabError `model/no-logprobs`
 */
export async function probeTokens(
  engine: MLCEngineInterface,
  messages: readonly ChatMessage[],
  tokens: readonly string[],
): Promise<ProbedTokens> {
  const { choices, usage } = await engine.chat.completions.create({
    messages: messages.map((message): ChatCompletionMessageParam => ({ ...message })),
    max_tokens: 1,
    temperature: 1,
    top_p: 1,
    repetition_penalty: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    logprobs: true,
    top_logprobs: TOLD_TOKENS,
    stream: false,
  });
  const likeliest = choices[0]?.logprobs?.content?.[0]?.top_logprobs;
  if (!likeliest) {
    throw new LabError("model/no-logprobs", "This model tells no probabilities.", "Score steps with another model.");
  }
  const probabilities = tokens.map((wanted) =>
    likeliest
      .filter(({ token }) => token.trimStart() === wanted.trimStart())
      .reduce((sum, { logprob }) => sum + Math.exp(logprob), 0),
  );
  return { probabilities, prefilledTokens: usage?.prompt_tokens ?? 0 };
}
