import type { TokenCount } from "../../core/run/events";

/** The share of prompt tokens, in [0, 1], that did not have to be prefilled again; null before any prompt. */
export function reusedShare({ prompt, prefilled }: TokenCount): number | null {
  return prompt === 0 ? null : 1 - prefilled / prompt;
}
