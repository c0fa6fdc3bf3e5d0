import { isAssertionTest, isCallTest, type Language, type Problem, type TestCase } from "../../problem";
import type { Step } from "../../step";
import type { ChatMessage } from "../protocol";
import { literal } from "./literal";
import {
  ASK_FIRST_STEP,
  ASK_NEXT_STEP,
  ASK_PROGRAM,
  ASK_REST_OF_PATH,
  ASK_WHOLE_PATH,
  END,
  ENTRY_POINT,
  EXAMPLES,
  fill,
  HEADINGS,
  LANGUAGE_NAMES,
  PREAMBLE,
  PROBLEM,
  STARTER_CODE,
  SYSTEM,
  TESTS,
  VANILLA_SYSTEM,
  WHOLE_PROGRAM,
} from "./templates";

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

/** The longest common part of all prompts for a language. */
function systemMessage(language: Language): ChatMessage {
  const example = fill(EXAMPLES[language], { fence: "```" });
  return { role: "system", content: fill(SYSTEM, { language: LANGUAGE_NAMES[language], example }) };
}

/** The prompt that asks for code at once. */
export function vanillaPrompt(problem: Problem): readonly ChatMessage[] {
  return [
    { role: "system", content: fill(VANILLA_SYSTEM, { language: LANGUAGE_NAMES[problem.language] }) },
    { role: "user", content: `${renderProblem(problem)}\n\n${ASK_PROGRAM}` },
  ];
}

/** A step as the model itself is asked to write it, heading and end included: one assistant turn. */
export function renderStep(step: Step, language: Language): string {
  const body = step.kind === "code" ? fenced(step.text, language) : step.text;
  return `${HEADINGS[step.kind]}\n${body}\n${END}`;
}

/** A fenced block. The fence is longer than any run of backticks inside, so that none of them closes it. */
export function fenced(text: string, info = ""): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${info}\n${text}\n${fence}`;
}

/** The problem as the user's first turn tells it: statement, what to write, given code, visible tests. */
export function renderProblem(problem: Problem): string {
  const { entryPoint, language, preamble, starterCode, statement } = problem;
  const tests = shownTests(problem);
  const parts = [
    fill(PROBLEM, { statement: statement.trim() }),
    entryPoint === null ? WHOLE_PROGRAM : fill(ENTRY_POINT, { entryPoint }),
    ...(preamble === undefined ? [] : [`${PREAMBLE}\n${fenced(preamble.trim(), language)}`]),
    ...(starterCode === undefined ? [] : [`${STARTER_CODE}\n${fenced(starterCode.trim(), language)}`]),
    ...(tests.length === 0 ? [] : [`${TESTS}\n${tests.join("\n")}`]),
  ];
  return parts.join("\n\n");
}

/** Characters of a test that is worth its place in a prompt, and of all tests together. */
const MAX_TEST = 600;
const MAX_TESTS = 1600;

/** The visible tests that fit, in their order: some sources have inputs of many kilobytes. */
function shownTests(problem: Problem): readonly string[] {
  let room = MAX_TESTS;
  return problem.visibleTests
    .map((test) => renderTest(test, problem))
    .filter((text) => {
      const fits = text.length <= Math.min(MAX_TEST, room);
      if (fits) room -= text.length;
      return fits;
    });
}

/** A test as it stands in a prompt: an assertion, a call with its value, or what a whole program reads and prints. */
export function renderTest(test: TestCase, { language, entryPoint }: Problem): string {
  if (isAssertionTest(test)) return test.setup === undefined ? test.assertion : `${test.setup}\n${test.assertion}`;
  if (!isCallTest(test)) return `Input:\n${fenced(test.stdin.trimEnd())}\nOutput:\n${fenced(test.stdout.trimEnd())}`;
  const call = `${entryPoint ?? "solve"}(${test.input.map((value) => literal(value, language)).join(", ")})`;
  const expected = literal(test.expected, language);
  return language === "python" ? `assert ${call} == ${expected}` : `${call} returns ${expected}`;
}
