import type { Problem } from "../../problem";
import type { Step } from "../../step";
import type { ChatMessage } from "../protocol";
import { renderProblem, renderStep } from "./ask";
import { ASK_SIGN, fill, JUDGE_STEP, JUDGE_SYSTEM } from "./templates";

/** The answers a judge may give; each is one token. */
export const GOOD = "+";
export const BAD = "-";

/**
 * The prompt whose next token tells what the last step of a path is worth. Earlier steps are taken for good, so that the value is that
 * of the last one given the others, and the conversation grows with its path: the prompt of a child is that of its parent, the
 * judge's `+`, and the next step. `steps` must not be empty.
 */
export function judgePrompt(problem: Problem, steps: readonly Step[]): readonly ChatMessage[] {
  const turns = steps.flatMap((step, index): ChatMessage[] => {
    const heading = fill(JUDGE_STEP, { number: String(index + 1) });
    const shown = `${heading}\n${renderStep(step, problem.language)}\n\n${ASK_SIGN}`;
    const content = index === 0 ? `${renderProblem(problem)}\n\n${shown}` : shown;
    return [...(index === 0 ? [] : [{ role: "assistant", content: GOOD } as const]), { role: "user", content }];
  });
  return [{ role: "system", content: JUDGE_SYSTEM }, ...turns];
}

/** What is said of a step when nothing is known. */
export const UNKNOWN_VALUE = 0.5;

/** p(+) / (p(+) + p(-)), in [0, 1]: the two tokens' softmax, as the reference repository reads its PRM. */
export function judgedValue(probabilities: readonly number[]): number {
  const [good = 0, bad = 0] = probabilities.map(soundProbability);
  return good + bad > 0 ? good / (good + bad) : UNKNOWN_VALUE;
}

/** What is no number counts as 0. */
function soundProbability(probability: number): number {
  return probability > 0 ? Math.min(probability, 1) : 0;
}
