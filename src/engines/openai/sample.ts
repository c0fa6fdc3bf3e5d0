import type { Prompt, PromptCost, SampleRequest, SampleResult } from "../../core/protocol/protocol";
import { deriveSeed } from "../../core/rng";
import type { Answer } from "./answer";
import { completionsOf, estimateTokens } from "./completion";
import type { Dialect } from "./dialect";

/** Asks for `count` completions with a seed. */
export type AskForSamples = (count: number, seed: number) => Promise<Answer>;

/**
 * Draws the completions of one request: in a single answer where the server gives several, else one by one, each with a
 * seed of its own.
 */
export async function drawSamples(
  { count, prompt, seed, stop, temperature }: SampleRequest,
  dialect: Dialect,
  ask: AskForSamples,
): Promise<SampleResult> {
  const answers: Answer[] = [];
  if (count > 1 && dialect.takes("n")) {
    const first = await ask(count, deriveSeed(seed, 0));
    // Fewer than asked for: it knows no `n`. All alike: it gives each the same seed.
    const isLacking = first.choices.length < count || (temperature > 0 && areAlike(first));
    if (isLacking) dialect.refuse("n");
    answers.push(first);
  }
  const given = answers[0]?.choices.length ?? 0;
  const missing = Array.from({ length: Math.max(0, count - given) }, (_, i) => deriveSeed(seed, given + i));
  answers.push(...(await Promise.all(missing.map((each) => ask(1, each)))));
  const completions = answers.flatMap((answer) => completionsOf(answer, stop)).slice(0, count);
  return { completions, ...promptCostOf(prompt, answers) };
}

function areAlike({ choices }: Answer): boolean {
  return choices.every(({ text }) => text === choices[0]?.text);
}

/** What a prompt came to. Prefilled at most once by this account, though a server without a prompt cache does it for every answer. */
export function promptCostOf(prompt: Prompt, answers: readonly Answer[]): PromptCost {
  const told = answers[0]?.usage?.promptTokens;
  const promptTokens = told ?? estimateTokens(textOf(prompt));
  const prefilled = answers.reduce((sum, { usage }) => sum + promptTokens - (usage?.cachedTokens ?? 0), 0);
  return { promptTokens, prefilledTokens: Math.max(0, Math.min(promptTokens, prefilled)) };
}

function textOf(prompt: Prompt): string {
  return typeof prompt === "string" ? prompt : prompt.map(({ content }) => content).join("\n");
}
