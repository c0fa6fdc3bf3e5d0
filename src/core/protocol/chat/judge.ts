import type { Problem } from "../../problem";
import type { Step } from "../../step";
import type { ChatMessage } from "../protocol";
import { renderProblem, renderStep } from "./ask";
import { ASK_PATH, ASK_WHOLE_PROGRAM, JUDGE_SYSTEM, SOLUTION_SO_FAR } from "./templates";

/** The spellings of the two answers that a judge may give; each is one token. */
export const GOOD: readonly string[] = ["Yes", "yes", "YES"];
export const BAD: readonly string[] = ["No", "no", "NO"];

/**
 * The prompt whose next token tells what a path is worth: whether what is written so far can still become a correct program. All of it is
 * judged, since a step is right or wrong for what came before it. `steps` must not be empty.
 */
export function judgePrompt(problem: Problem, steps: readonly Step[]): readonly ChatMessage[] {
  const path = steps.map((step) => renderStep(step, problem.language)).join("\n");
  const ask = steps.at(-1)?.kind === "code" ? ASK_WHOLE_PROGRAM : ASK_PATH;
  return [
    { role: "system", content: JUDGE_SYSTEM },
    { role: "user", content: `${renderProblem(problem)}\n\n${SOLUTION_SO_FAR}\n${path}\n\n${ask}` },
  ];
}

/** What is said of a step when nothing is known. */
export const UNKNOWN_VALUE = 0.5;

/** What a judge's next token says of a path. */
export interface Judgement {
  /** p(Yes) / (p(Yes) + p(No)) over all their spellings, in [0, 1]. */
  readonly value: number;
  /** p(Yes) + p(No), in [0, 1]: how far the model answers what it was asked. Near 0 the value means nothing. */
  readonly mass: number;
}

/** Reads the probabilities of all spellings of {@link GOOD}, then of {@link BAD}, whatever numbers a model gives for them. */
export function judgementOf(probabilities: readonly number[]): Judgement {
  const sound = probabilities.map(soundProbability);
  const good = sound.slice(0, GOOD.length).reduce((sum, each) => sum + each, 0);
  const mass = sound.slice(0, GOOD.length + BAD.length).reduce((sum, each) => sum + each, 0);
  return { value: mass > 0 ? good / mass : UNKNOWN_VALUE, mass: Math.min(1, mass) };
}

/** What is no number counts as 0. */
function soundProbability(probability: number): number {
  return probability > 0 ? Math.min(probability, 1) : 0;
}
