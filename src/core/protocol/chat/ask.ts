import { isAssertionTest, isCallTest, isProgramTest, type Language, type Problem, type TestCase } from "../../problem";
import type { Step } from "../../step";
import type { ChatMessage, Place, Wish } from "../protocol";
import { exampleFor } from "./example";
import { literal } from "./literal";
import {
  ASK_CODE,
  ASK_FIRST_STEP,
  ASK_PROGRAM,
  ASK_REFINEMENT,
  ASK_REST_OF_PATH,
  ASK_WHOLE_PATH,
  END,
  ENTRY_POINT,
  fill,
  HEADINGS,
  LANGUAGE_NAMES,
  PREAMBLE,
  PROBLEM,
  REFINEMENTS,
  STARTER_CODE,
  SYSTEM,
  TESTS,
  TRIED_PROGRAM,
  TRIED_STRUCTURES,
  VANILLA_SYSTEM,
  WHOLE_PROGRAM,
} from "./templates";

/**
 * A path as one growing conversation: the problem, then each step as the model's turn and what was asked for as the user's, one
 * instruction a turn. It opens with a small problem that was solved in the same way. The prompt of a child that asks for a step is that of its parent
 * with two messages more but for what stands in the parent's last one, so that a model with a key-value cache prefills little
 * beyond these. What is wanted stands at the end.
 */
export function policyPrompt(
  problem: Problem,
  steps: readonly Step[],
  wish: Wish,
  place: Place = {},
): readonly ChatMessage[] {
  const example = exampleFor(problem);
  return [
    { role: "system", content: fill(SYSTEM, { language: LANGUAGE_NAMES[problem.language] }) },
    ...turns(example.problem, example.steps.slice(0, -1), askForCode(example.problem)),
    { role: "assistant", content: renderStep(example.steps[2], problem.language) },
    ...turns(problem, steps, askFor(problem, steps, wish, place)),
  ];
}

const askForCode = ({ language }: Problem) => fill(ASK_CODE, { language: LANGUAGE_NAMES[language] });

/** The problem, its steps so far with what asked for each, and what is asked for now. */
function turns(problem: Problem, steps: readonly Step[], ask: string): readonly ChatMessage[] {
  const asks = [...steps.map((_, index) => (index === 0 ? ASK_FIRST_STEP : ASK_REFINEMENT)), ask];
  return asks.flatMap((content, index): readonly ChatMessage[] => {
    const before = steps[index - 1];
    if (before === undefined) return [{ role: "user", content: `${renderProblem(problem)}\n\n${content}` }];
    return [
      { role: "assistant", content: renderStep(before, problem.language) },
      { role: "user", content },
    ];
  });
}

/** Refinements after which a path is to come to its program. */
const MAX_REFINEMENTS = 2;

/** How many refinements a path may still have. */
function refinementsLeft(steps: readonly Step[], { stepsLeft = Number.POSITIVE_INFINITY }: Place): number {
  const soFar = steps.filter(({ kind }) => kind === "refine").length;
  const room = stepsLeft - (steps.length === 0 ? 2 : 1);
  return Math.max(0, Math.min(MAX_REFINEMENTS - soFar, room));
}

/**
 * First steps are all structures. After them, every other sibling makes the path more exact and every other writes the program; when the path
 * has been refined as often as it may, all write it.
 */
export function stepWishes(steps: readonly Step[], count: number, place: Place = {}): readonly Wish[] {
  const drawn = place.tried?.length ?? 0;
  const refines = refinementsLeft(steps, place) > 0;
  return Array.from({ length: count }, (_, index): Wish => {
    if (steps.length === 0) return "step";
    return refines && (drawn + index) % 2 === 0 ? "step" : "program";
  });
}

function askFor(problem: Problem, steps: readonly Step[], wish: Wish, place: Place): string {
  if (wish === "path") {
    const number = String(refinementsLeft(steps, place));
    const refinements = number === "0" ? "" : fill(REFINEMENTS, { number });
    return fill(steps.length === 0 ? ASK_WHOLE_PATH : ASK_REST_OF_PATH, { refinements });
  }
  if (steps.length === 0) return [...triedBefore(place), ASK_FIRST_STEP].join("\n\n");
  return wish === "program" ? askForCode(problem) : ASK_REFINEMENT;
}

/** Structures that are shown to be tried, and characters of each: enough to tell them apart. */
const MAX_TRIED = 5;
const MAX_STRUCTURE = 400;

/** What to say of first steps that were drawn before. */
function triedBefore({ tried = [] }: Place): readonly string[] {
  const structures = tried.filter(({ kind }) => kind !== "code").slice(0, MAX_TRIED);
  const isProgram = structures.length < tried.length && structures.length === 0;
  const shown = structures.map(({ text }, index) => `${index + 1}. ${text.slice(0, MAX_STRUCTURE)}`).join("\n\n");
  return [
    ...(structures.length === 0 ? [] : [fill(TRIED_STRUCTURES, { structures: shown })]),
    ...(isProgram ? [TRIED_PROGRAM] : []),
  ];
}

/** The prompt that asks for code at once, after an example that was answered so. */
export function vanillaPrompt(problem: Problem): readonly ChatMessage[] {
  const example = exampleFor(problem);
  const asked = (of: Problem): ChatMessage => ({ role: "user", content: `${renderProblem(of)}\n\n${ASK_PROGRAM}` });
  return [
    { role: "system", content: fill(VANILLA_SYSTEM, { language: LANGUAGE_NAMES[problem.language] }) },
    asked(example.problem),
    { role: "assistant", content: fenced(example.steps[2].text, problem.language) },
    asked(problem),
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

/** The visible tests that fit, in their order, but for those that the statement shows itself: some sources have inputs of many kilobytes. */
function shownTests(problem: Problem): readonly string[] {
  let room = MAX_TESTS;
  return problem.visibleTests
    .filter((test) => !isShown(test, problem.statement))
    .map((test) => renderTest(test, problem))
    .filter((text) => {
      const fits = text.length <= Math.min(MAX_TEST, room);
      if (fits) room -= text.length;
      return fits;
    });
}

/** Characters between the input of an example in a statement and its output: labels and rules. */
const MAX_LABEL = 40;

/** Whether a statement shows a run of a whole program among its examples, blanks aside. */
function isShown(test: TestCase, statement: string): boolean {
  if (!isProgramTest(test)) return false;
  const squeezed = (text: string) => text.replace(/\s+/g, " ").trim();
  const [said, stdin, stdout] = [statement, test.stdin, test.stdout].map(squeezed) as [string, string, string];
  const from = said.search(/\b(?:examples?|samples?|input)\b/i);
  if (from < 0 || stdin === "" || stdout === "") return false;
  for (let at = said.indexOf(stdin, from); at >= 0; at = said.indexOf(stdin, at + 1)) {
    const end = at + stdin.length;
    const window = said.slice(end, end + MAX_LABEL + stdout.length);
    if (/^\W{0,12}(?:sample |expected )?(?:output|stdout)\b/i.test(window) && window.includes(stdout)) return true;
  }
  return false;
}

/** A test as it stands in a prompt: an assertion, a call with its value, or what a whole program reads and prints. */
export function renderTest(test: TestCase, { language, entryPoint }: Problem): string {
  if (isAssertionTest(test)) return test.setup === undefined ? test.assertion : `${test.setup}\n${test.assertion}`;
  if (!isCallTest(test)) return `Input:\n${fenced(test.stdin.trimEnd())}\nOutput:\n${fenced(test.stdout.trimEnd())}`;
  const call = `${entryPoint ?? "solve"}(${test.input.map((value) => literal(value, language)).join(", ")})`;
  const expected = literal(test.expected, language);
  return language === "python" ? `assert ${call} == ${expected}` : `${call} returns ${expected}`;
}
