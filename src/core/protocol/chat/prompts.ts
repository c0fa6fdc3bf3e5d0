import type { Language, Problem } from "../../problem";
import type { Step } from "../../step";
import type { ChatMessage } from "../protocol";
import { fill } from "./fill";
import { LANGUAGE_NAMES } from "./language";
import { renderProblem, renderStep } from "./render";
import { EXAMPLE_JAVASCRIPT } from "./templates/example-javascript";
import { EXAMPLE_PYTHON } from "./templates/example-python";
import { ASK_FIRST_STEP, ASK_NEXT_STEP, ASK_REST_OF_PATH, ASK_WHOLE_PATH } from "./templates/requests";
import { SYSTEM } from "./templates/system";
import { ASK_PROGRAM, VANILLA_SYSTEM } from "./templates/vanilla";

const EXAMPLES: Readonly<Record<Language, string>> = { javascript: EXAMPLE_JAVASCRIPT, python: EXAMPLE_PYTHON };

/** The longest common part of all prompts for a language. */
function systemMessage(language: Language): ChatMessage {
  const example = fill(EXAMPLES[language], { fence: "```" });
  return { role: "system", content: fill(SYSTEM, { language: LANGUAGE_NAMES[language], example }) };
}

/**
 * A path as one growing conversation: the problem, then each step as the model's turn and a request for the next as the user's. The
 * prompt of a child that asks for a step is that of its parent with two messages more, so that a model with a key-value cache
 * prefills those two only. What is wanted stands at the end of the last message, which is all that differs between the two wishes.
 */
export function policyPrompt(
  problem: Problem,
  steps: readonly Step[],
  wanted: "step" | "path",
): readonly ChatMessage[] {
  const turns: ChatMessage[] = steps.flatMap((step, index): ChatMessage[] => {
    const isLast = index === steps.length - 1;
    return [
      { role: "assistant", content: renderStep(step, problem.language) },
      { role: "user", content: isLast && wanted === "path" ? ASK_REST_OF_PATH : ASK_NEXT_STEP },
    ];
  });
  const ask = steps.length === 0 && wanted === "path" ? ASK_WHOLE_PATH : ASK_FIRST_STEP;
  return [systemMessage(problem.language), { role: "user", content: `${renderProblem(problem)}\n\n${ask}` }, ...turns];
}

/** The prompt that asks for code at once. */
export function vanillaPrompt(problem: Problem): readonly ChatMessage[] {
  return [
    { role: "system", content: fill(VANILLA_SYSTEM, { language: LANGUAGE_NAMES[problem.language] }) },
    { role: "user", content: `${renderProblem(problem)}\n\n${ASK_PROGRAM}` },
  ];
}
