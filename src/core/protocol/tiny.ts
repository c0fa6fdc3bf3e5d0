import { type CallTest, isCallTest, type JsonValue, type Problem } from "../problem";
import type { DeadEndReason, Step, StepKind } from "../step";
import { type Completion, charge, chargeWhole, type DrawnStep, type ReadStep, type StepProtocol } from "./protocol";

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

/** The prompt that asks for the input of a new test; the completion is `[4, 7]<end>`. */
export function testInputPrompt(problem: Problem): string {
  return renderProblem(problem) + MARKERS.tests + MARKERS.input;
}

/**
 * The prompt that has the model execute the operations on an input, to know what a test must give; the completion is
 * `<refine>...<end><output>[8, 14]<end><eos>`.
 */
export function executionPrompt(problem: Problem, input: JsonValue): string {
  return testInputPrompt(problem) + renderValue(input) + MARKERS.end;
}

/** The text protocol of the tiny model: `<define>...<end><refine>...<end><code>...<end><eos>`. */
export const tinyProtocol: StepProtocol = {
  id: "tiny",
  policyPrompt,
  stepWishes: (_, count) => Array<"step">(count).fill("step"),
  vanillaPrompt,
  stepStop: [MARKERS.end, MARKERS.eos],
  pathStop: [MARKERS.eos],
  parseSteps: (completion, prefix) => [readOne(completion, allowedKinds(prefix.length))],
  parsePath: (completion, prefix) =>
    charge(completion, readPath(completion.text, prefix.length, completion.finish === "length")),
  parseCode: (completion) => readOne(completion, ["code"]),
};

/** A step and where the next one begins. */
interface Span extends ReadStep {
  readonly end: number;
}

const STEP_KINDS = ["define", "refine", "code"] as const satisfies readonly StepKind[];

const ANY_MARKER = new RegExp(Object.values(MARKERS).join("|"), "g");

/** What may follow a path of this many steps (O1-CODER, section 3.2: define, then any number of refines, then code). */
function allowedKinds(precedingSteps: number): readonly StepKind[] {
  return precedingSteps === 0 ? ["define"] : ["refine", "code"];
}

function nextMarker(text: string, from: number): { readonly marker: string; readonly index: number } | null {
  ANY_MARKER.lastIndex = from;
  const match = ANY_MARKER.exec(text);
  return match ? { marker: match[0], index: match.index } : null;
}

function readStep(text: string, start: number, allowed: readonly StepKind[], cut: boolean): Span {
  const kind = STEP_KINDS.find((candidate) => text.startsWith(MARKERS[candidate], start));
  const broken = (deadEnd: DeadEndReason): Span => ({
    start,
    end: text.length,
    step: { kind: kind ?? allowed[0] ?? "define", text: text.slice(start).trim() },
    deadEnd,
  });
  if (kind === undefined) return broken(cut && start === text.length ? "length" : "grammar");
  if (!allowed.includes(kind)) return broken("grammar");
  const from = start + MARKERS[kind].length;
  const next = nextMarker(text, from);
  if (next === null) return broken(cut ? "length" : "grammar");
  if (next.marker !== MARKERS.end) return broken("grammar");
  const content = text.slice(from, next.index).trim();
  if (content === "") return broken("empty");
  return { start, end: next.index + MARKERS.end.length, step: { kind, text: content } };
}

/** What follows a code step is not read: nothing can follow it. */
function readPath(text: string, precedingSteps: number, cut: boolean): readonly Span[] {
  const spans: Span[] = [];
  for (let start = 0; ; ) {
    const span = readStep(text, start, allowedKinds(precedingSteps + spans.length), cut);
    spans.push(span);
    if (span.deadEnd !== undefined || span.step.kind === "code") return spans;
    start = span.end;
  }
}

function readOne(completion: Completion, allowed: readonly StepKind[]): DrawnStep {
  return chargeWhole(completion, readStep(completion.text, 0, allowed, completion.finish === "length"));
}

/** A whole number as the format writes it: without a plus, a leading zero or a negative zero, of at most six digits. */
const INTEGER = "(?:0|-?[1-9]\\d{0,5})";

const VALUE = new RegExp(`^(?:${INTEGER}|\\[(?:${INTEGER}(?:, ${INTEGER})*)?\\])$`);

/** Characters of the longest value that is worth a look; the model's whole context holds fewer. */
const MAX_VALUE = 2000;

/** A list of integers or a single one, as {@link renderValue} writes it; undefined for anything else. */
function readValue(text: string): JsonValue | undefined {
  return text.length <= MAX_VALUE && VALUE.test(text) ? (JSON.parse(text) as JsonValue) : undefined;
}

/** The answer to {@link testInputPrompt}: a list of integers, or undefined when it is none. */
export function readTestInput(text: string): readonly JsonValue[] | undefined {
  const value = readValue(text.split(MARKERS.end, 1)[0] ?? "");
  return Array.isArray(value) ? (value as readonly JsonValue[]) : undefined;
}

/** The answer to {@link executionPrompt}: what stands in it as the output, or undefined when that is no value. */
export function readTestOutput(text: string): JsonValue | undefined {
  const from = text.indexOf(MARKERS.output);
  const to = text.indexOf(MARKERS.end, from);
  return from < 0 || to < 0 ? undefined : readValue(text.slice(from + MARKERS.output.length, to));
}
