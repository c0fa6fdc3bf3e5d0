import { type CallTest, isCallTest, type JsonValue, type Problem } from "../../problem";
import type { Step } from "../../step";

/** The markers of the tiny model's text format; each is one token of its tokenizer. */
export const MARKERS = {
  problem: "<problem>",
  /** Asks for a path: define, refine, ..., code. */
  think: "<think>",
  /** Asks for code at once. */
  vanilla: "<vanilla>",
  /** Asks for a test case. */
  tests: "<tests>",
  /** Asks for one operation's execution (pretraining only). */
  execute: "<execute>",
  define: "<define>",
  refine: "<refine>",
  code: "<code>",
  input: "<input>",
  output: "<output>",
  /** Ends a step. */
  end: "<end>",
  /** Ends a completion. */
  eos: "<eos>",
} as const;

/** JSON with a space after each comma, the way lists stand in prompts and pseudocode: `[4, 7, 2]`. */
export function renderValue(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(renderValue).join(", ")}]`;
  return JSON.stringify(value);
}

/** A call as it stands in a prompt: `[4, 7, 2] -> [8, 4]`. */
export function renderExample(test: CallTest): string {
  return `${test.input.map(renderValue).join(", ")} -> ${renderValue(test.expected)}`;
}

/** What every role of the tiny model is given: the statement and the visible tests, which for list puzzles are calls. */
export function renderProblem(problem: Problem): string {
  const examples = problem.visibleTests.filter(isCallTest).map(renderExample);
  return `${MARKERS.problem}${[problem.statement, ...examples].join("\n")}\n`;
}

/** A step with its markers: `<refine>1. keep the even ones: [4, 7] -> [4]<end>`. */
export function renderStep(step: Step): string {
  return `${MARKERS[step.kind]}${step.text}${MARKERS.end}`;
}

/** The prompt that asks for what follows `steps`. */
export function policyPrompt(problem: Problem, steps: readonly Step[]): string {
  return renderProblem(problem) + MARKERS.think + steps.map(renderStep).join("");
}

/** The prompt that asks for code at once; the completion is `<code>...<end><eos>`. */
export function vanillaPrompt(problem: Problem): string {
  return renderProblem(problem) + MARKERS.vanilla;
}
