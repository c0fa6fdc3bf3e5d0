import { LabError } from "../../core/errors";
import type { Answer } from "./answer";

/**
 * How likely some tokens are as the first of an answer: with and without a space before them, which tokenizers keep
 * apart.
 * @returns for each of `tokens` a probability in [0, 1].
 * @throws LabError `model/no-logprobs` when the answer tells nothing of it.
 */
export function probabilitiesIn({ choices }: Answer, tokens: readonly string[]): readonly number[] {
  const likeliest = choices[0]?.tokens[0]?.top_logprobs ?? [];
  if (likeliest.length === 0) {
    throw new LabError(
      "model/no-logprobs",
      "This endpoint does not tell how likely tokens are.",
      "Let playouts value the leaves, or use a server that tells them, such as vLLM, SGLang or llama.cpp.",
    );
  }
  return tokens.map((token) => {
    const same = likeliest.filter((candidate) => candidate.token.trimStart() === token.trimStart());
    return Math.min(
      1,
      same.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0),
    );
  });
}
