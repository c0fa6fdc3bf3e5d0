import { isAssertionTest, isCallTest, type Language, type Problem, type TestCase } from "../../problem";
import type { Step } from "../../step";
import { fill } from "./fill";
import { literal } from "./literal";
import { END, HEADINGS } from "./markers";
import { ENTRY_POINT, PREAMBLE, PROBLEM, STARTER_CODE, TESTS, WHOLE_PROGRAM } from "./templates/problem";

/** A fenced block. The fence is longer than any run of backticks inside, so that none of them closes it. */
export function fenced(text: string, info = ""): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${info}\n${text}\n${fence}`;
}

/** A step as the model itself is asked to write it, heading and end included: one assistant turn. */
export function renderStep(step: Step, language: Language): string {
  const body = step.kind === "code" ? fenced(step.text, language) : step.text;
  return `${HEADINGS[step.kind]}\n${body}\n${END}`;
}

/** A test as it stands in a prompt: an assertion, a call with its value, or what a whole program reads and prints. */
export function renderTest(test: TestCase, { language, entryPoint }: Problem): string {
  if (isAssertionTest(test)) return test.setup === undefined ? test.assertion : `${test.setup}\n${test.assertion}`;
  if (!isCallTest(test)) return `Input:\n${fenced(test.stdin.trimEnd())}\nOutput:\n${fenced(test.stdout.trimEnd())}`;
  const call = `${entryPoint ?? "solve"}(${test.input.map((value) => literal(value, language)).join(", ")})`;
  const expected = literal(test.expected, language);
  return language === "python" ? `assert ${call} == ${expected}` : `${call} returns ${expected}`;
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
