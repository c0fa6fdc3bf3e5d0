import {
  isAssertionTest,
  isCallTest,
  isProgramTest,
  type Problem,
  type ProgramTest,
  type TestCase,
} from "../../problem";
import type { ChatMessage, Completion } from "../protocol";
import { saidIn } from "./artefacts";
import { renderProblem } from "./ask";
import { callTestsIn, inputOf, isOfShape, type ReadTest, shapeOf, type TestInput } from "./calls";
import { literal } from "./literal";
import { closingFence, type Fence, openingFence } from "./program";
import { ASK_CALLS, ASK_RUNS, CALL_FORMS, fill, TESTS_SYSTEM } from "./templates";

/**
 * The prompt that asks for `count` test cases (O1-CODER, section 3.1). The problem comes first and the wish last, so that prompts about
 * one problem share their beginning.
 */
export function testPrompt(problem: Problem, count: number): readonly ChatMessage[] {
  return [
    { role: "system", content: TESTS_SYSTEM },
    { role: "user", content: `${renderProblem(problem)}\n\n${ask(problem, count)}` },
  ];
}

function ask({ entryPoint, language }: Problem, count: number): string {
  if (entryPoint === null) return fill(ASK_RUNS, { count: String(count), fence: "```" });
  return fill(ASK_CALLS, { count: String(count), entryPoint, form: fill(CALL_FORMS[language], { entryPoint }) });
}

/**
 * The tests in a model's answers, at most `limit`: well-formed, with arguments of the kinds that the visible tests have, no two with the same
 * input, none with a visible test's. Never throws.
 */
export function readTests(answers: readonly string[], problem: Problem, limit: number): readonly TestCase[] {
  const visible = problem.visibleTests.flatMap((test) => visibleInput(test, problem) ?? []);
  const shapes = [...new Set(visible.map(({ shape }) => shape))];
  const known = new Set(visible.map(({ inputKey }) => inputKey));
  const byInput = new Map<string, ReadTest[]>();
  for (const read of answers.flatMap((answer) => readAnswer(answer, problem))) {
    if (known.has(read.inputKey) || (shapes.length > 0 && !shapes.some((shape) => isOfShape(read.shape, shape))))
      continue;
    const same = byInput.get(read.inputKey);
    if (same === undefined) byInput.set(read.inputKey, [read]);
    else same.push(read);
  }
  return [...byInput.values()].slice(0, limit).flatMap((reads) => commonest(reads)?.test ?? []);
}

function visibleInput(test: TestCase, problem: Problem): TestInput | undefined {
  if (isAssertionTest(test)) return inputOf(test.assertion, problem);
  if (isProgramTest(test)) return { inputKey: withoutBlanks(test.stdin), shape: "" };
  return {
    inputKey: JSON.stringify(test.input),
    shape: shapeOf(test.input.map((value) => literal(value, problem.language))),
  };
}

/** Characters of an answer that are read: tens of thousands of tokens, more than any request for tests allows. */
const MAX_ANSWER = 200_000;

/** The text of an answer without what the token limit cut in two: its last line, or the last run of a program. */
export function wholeTests({ text, finish }: Pick<Completion, "text" | "finish">, { entryPoint }: Problem): string {
  if (finish !== "length") return text;
  const lines = text.split("\n");
  const isInput = (line: string) => /in$|input/i.test(LABEL.exec(line)?.[1] ?? "");
  const end = entryPoint === null ? lines.findLastIndex(isInput) : lines.length - 1;
  return lines.slice(0, Math.max(0, end)).join("\n");
}

/** All well-formed tests of one answer, as often as they stand there. */
function readAnswer(text: string, problem: Problem): readonly ReadTest[] {
  const answer = saidIn(text).slice(0, MAX_ANSWER);
  if (problem.entryPoint !== null) return callTestsIn(answer, problem);
  return programTestsIn(answer).map((test) => ({ test, inputKey: withoutBlanks(test.stdin), shape: "" }));
}

/** Of several results for one input the commonest (self-consistency, Wang et al. 2023); among equals the first. */
function commonest(reads: readonly ReadTest[]): ReadTest | undefined {
  const votes = new Map<string, number>();
  for (const { test } of reads) votes.set(expectationKey(test), (votes.get(expectationKey(test)) ?? 0) + 1);
  const most = [...votes.values()].reduce((max, count) => Math.max(max, count), 0);
  return reads.find(({ test }) => votes.get(expectationKey(test)) === most);
}

function expectationKey(test: TestCase): string {
  if (isCallTest(test)) return JSON.stringify(test.expected);
  return isAssertionTest(test) ? test.assertion : withoutBlanks(test.stdout);
}

/** A program's own input and output may differ in blanks at line ends only. */
const withoutBlanks = (text: string) => text.replace(/(?<![ \t])[ \t]+$/gm, "").trim();

/** All runs of a whole program in a text: what it reads, then what it prints. A case that lacks one of the two is left out. */
function programTestsIn(text: string): readonly ProgramTest[] {
  const parts = partsOf(text);
  return parts.flatMap((part, index) => {
    const next = parts[index + 1];
    if (part.name !== "stdin" || next?.name !== "stdout") return [];
    const test = { stdin: contentOf(part), stdout: contentOf(next) };
    return test.stdout === "" ? [] : [test];
  });
}

/** `Input:`, `# output:`, `**Sample Input 2:**`, `Expected output:` and what shares its line. */
const LABEL =
  /^[\s#*_>-]*(?:\d+[.)]\s*)?(?:(?:sample|example|test|expected|standard)\s+)*(input|stdin|output|stdout)(?:\s*\d+)?[\s*_]*(?::[\s*_]*([\s\S]*))?$/i;

/** A title between two cases: `Test case 2`, `### Case 3:`, `---`. */
const TITLE =
  /^[\s#*_]*(?:(?:test\s*)?(?:case|example|sample)s?(?:\s*#\d*|\s*\d+)?[\s*_:]*|-{3,}|explanation\b.*|note\b.*)$/i;

interface Part {
  readonly name: "stdin" | "stdout";
  readonly lines: string[];
  /** What stands outside a fence ends at an empty line or a title once the part has content. */
  isOver: boolean;
}

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let fence: Fence | null = null;
  for (const line of text.split("\n")) {
    const part = parts.at(-1);
    const label = LABEL.exec(line);
    // The reference repository's form has both labels inside one fence.
    if (label !== null) {
      const name = /in$|input/i.test(label[1] ?? "") ? "stdin" : "stdout";
      parts.push({ name, lines: label[2] ? [label[2].replace(/^`|`$/g, "")] : [], isOver: false });
    } else if (fence !== null && closingFence(line, fence) !== null) {
      if (part !== undefined) part.isOver = true;
      fence = null;
    } else if (fence === null && openingFence(line) !== null) fence = openingFence(line);
    else if (part !== undefined && !part.isOver) {
      const isEnd = fence === null && (TITLE.test(line) || (line.trim() === "" && part.name === "stdout"));
      if (isEnd) part.isOver = part.lines.length > 0;
      else part.lines.push(line);
    }
  }
  return parts;
}

function contentOf({ lines }: Part): string {
  const text = lines.join("\n").replace(/^\n+/, "").trimEnd();
  return text === "" ? "" : `${text}\n`;
}
