import type { ChatMessage } from "../../core/completion";
import { LabError } from "../../core/errors";
import type { ChatCompletionMessageParam, MLCEngineInterface } from "./package";

/** The most that the engine tells of. */
const TOLD_TOKENS = 5;

/**
 * The probability of each of `tokens` as the next one, at temperature 1; 0 for one that is not among the five
 * likeliest. A token with and without a space before it counts as one.
 * @throws LabError `model/no-logprobs`
 */
export async function probeTokens(
  engine: MLCEngineInterface,
  messages: readonly ChatMessage[],
  tokens: readonly string[],
): Promise<number[]> {
  const { choices } = await engine.chat.completions.create({
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
  return tokens.map((wanted) =>
    likeliest
      .filter(({ token }) => token.trimStart() === wanted.trimStart())
      .reduce((sum, { logprob }) => sum + Math.exp(logprob), 0),
  );
}
