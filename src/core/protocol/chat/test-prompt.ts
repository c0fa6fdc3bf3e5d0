import type { Problem } from "../../problem";
import type { ChatMessage } from "../protocol";
import { fill } from "./fill";
import { fenced, renderProblem } from "./render";
import { ASK_CALLS, ASK_RUNS, CALL_FORMS, CANDIDATE, TESTS_SYSTEM } from "./templates/tests";

function ask({ entryPoint, language }: Problem, count: number): string {
  if (entryPoint === null) return fill(ASK_RUNS, { count: String(count), fence: "```" });
  return fill(ASK_CALLS, { count: String(count), entryPoint, form: fill(CALL_FORMS[language], { entryPoint }) });
}

/**
 * The prompt that asks for `count` test cases (O1-CODER, section 3.1): from the problem alone, or with a candidate program beside
 * it. Problem and candidate come first and the wish last, so that prompts about one problem share their beginning.
 */
export function testPrompt(problem: Problem, count: number, candidate?: string): readonly ChatMessage[] {
  const shown =
    candidate === undefined ? [] : [fill(CANDIDATE, { program: fenced(candidate.trim(), problem.language) })];
  return [
    { role: "system", content: TESTS_SYSTEM },
    { role: "user", content: [renderProblem(problem), ...shown, ask(problem, count)].join("\n\n") },
  ];
}
