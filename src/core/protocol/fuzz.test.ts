import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { problemOf } from "../../testing/problem";
import { realConversations } from "../../testing/real-answers";
import type { Problem } from "../problem";
import { createRandom, type Random } from "../rng";
import type { Step } from "../step";
import { testSchema } from "../test-schema";
import { judgementOf } from "./chat/judge";
import { MESSY } from "./chat/messy-fixture";
import { completedStep } from "./chat/program";
import { chatProtocol } from "./chat/read";
import { DONE, END, HEADINGS } from "./chat/templates";
import { readTests } from "./chat/tests";
import type { Completion, DrawnStep, StepProtocol } from "./protocol";
import { MARKERS, readTestInput, readTestOutput, renderValue, tinyProtocol } from "./tiny";

/*
 * No text of a model may end a run: 100,000 texts, each through every reader of both protocols.
 */

/** What models really said, of a function that is called `f` here. */
function realAnswers(): readonly string[] {
  const answers = realConversations().flatMap((conversation) => conversation.answers);
  const texts = answers.flatMap(({ content, reasoning }) => [content, `<think>\n${reasoning}\n</think>\n${content}`]);
  return texts.map((text) => text.replaceAll(/remove_Occ|insert_element/g, "f"));
}

const TESTS_SAID = [
  "```python\nassert f([4], 1) == 4  # one\nassert f([], 0) == None, 'empty'\n```",
  "1. assert f(1) == 1\n2) `assert f(2) == 2`\nf(3) # returns 4\n>>> f(5)\n6",
  '{"input": [1], "output": 2}\n[{"args": ["a"], "result": [null, true]}]',
  "expect(f(1)).toBe(2);\nconsole.log(f(2)) // 3\nself.assertEqual(f((1,)), {2})",
  "Input:\n```\n1 2\n```\nOutput:\n```\n3\n```\n### Test case 2\nInput: 4\nExpected output: 5\n",
];

const VOCABULARY = Object.keys(
  (JSON.parse(readFileSync("public/models/tiny/tokenizer.json", "utf8")) as { model: { vocab: object } }).model.vocab,
);

/** What makes and breaks steps, programs and tests. */
const SCRAPS = [
  ...Object.values(HEADINGS),
  ...Object.values(MARKERS),
  ...[END, DONE, "**Code**", "Step 2: CODE", "### Step 1: Define it (Action 1)", "<Step_Begin>", "[Code End]"],
  ...[
    "```",
    "```python",
    "~~~",
    "---",
    "***",
    "####",
    "<think>",
    "</think>",
    "[THINK]",
    "◁think▷",
    "<|channel|>analysis",
    "<|im_start|>user",
    "<|im_end|>",
    "</s>",
  ],
  ...[
    "def f(x):\n    return x",
    "return x",
    "function f(x) {",
    "assert f(1) == 2",
    "f(1) returns 2",
    "Input:",
    "Output: 3",
  ],
  ...["(", ")", "[", "]", "{", "}", '"', "'", '"""', "\\", "#", "//", "`", ",", ":", ";", "==", "is", "->", ">>> f(1)"],
  ...["0", "03", "-0", "1e400", "9".repeat(400), "0x1F", "1_0", ".5", "None", "constructor", "__proto__", "$int"],
  ...[
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    " ",
    "        ",
    "\t",
    "\u00a0",
    "\u2028",
    "\u0000",
    "\ud800",
    "\udfff",
    "é",
    "中",
    "😀",
  ],
];

/** Tokens that values are made of. */
const VALUE_TOKENS = [
  "[",
  "]",
  "-",
  ...VOCABULARY.filter((token) => /^(?:, )?-?\d+$/.test(token)),
  MARKERS.end,
  MARKERS.output,
];

/** Runs of the model's own tokens, every other one of those that values are made of. */
function randomTokens(random: Random): string {
  const isValue = random.chance(0.5);
  const tokens = [...Array(random.int(0, isValue ? 9 : 40))].map(() => {
    if (isValue) return random.pick(VALUE_TOKENS);
    return random.chance(0.3) ? random.pick(Object.values(MARKERS)) : random.pick(VOCABULARY);
  });
  return isValue && random.chance(0.7) ? `${random.pick(["", MARKERS.output])}[${tokens.join("")}]` : tokens.join("");
}

/** A piece of an answer, cut, repeated, swapped, spliced, with scraps in it and in the place of its words. */
function mutated(random: Random, answers: readonly string[]): string {
  const pieceOf = (text: string, longest: number) => {
    const from = random.int(0, text.length);
    return text.slice(from, from + random.int(0, longest));
  };
  const answer = random.pick(random.chance(0.2) ? TESTS_SAID : answers);
  let text = random.chance(0.6) ? answer.slice(0, 900) : pieceOf(answer, 500);
  for (let changes = random.int(1, 6); changes > 0; changes--) {
    const from = random.int(0, text.length);
    const to = Math.min(text.length, from + random.int(0, 80));
    const [head, middle, tail] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
    const line = random.chance(0.5) ? "\n" : "";
    text = random.pick([
      () => head + tail,
      () => head + middle.repeat(random.int(2, 6)) + tail,
      () => tail + middle + head,
      () => head + pieceOf(random.pick(answers), 120) + tail,
      () => head + line + random.pick(SCRAPS) + line + middle + tail,
      () => head + middle.replace(/[\w.]+/, () => random.pick(SCRAPS)) + tail,
    ])();
  }
  return text;
}

/** Characters from everywhere, lone surrogates and controls among them, and scraps. */
function randomUnicode(random: Random): string {
  const characters = [...Array(random.int(0, 40))].map(() => {
    if (random.chance(0.3)) return random.pick(SCRAPS);
    return String.fromCharCode(random.chance(0.5) ? random.int(0, 0x7f) : random.int(0, 0xffff));
  });
  return characters.join("");
}

/** Counts and log-probabilities as engines and servers give them, now and then as they should not. */
function completionOf(text: string, random: Random): Completion {
  const pieces: string[] = [];
  for (let at = 0; at < text.length && !random.chance(0.002); ) {
    const length = random.int(0, 9);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  const isOdd = random.chance(0.2);
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3, -1e300, -1];
  return {
    text,
    pieces: random.chance(0.2) ? [] : pieces,
    tokens: isOdd ? random.pick([Number.NaN, -3, 0, 1.5, 7, Number.POSITIVE_INFINITY]) : pieces.length,
    logProbs: random.chance(0.2) ? [] : pieces.map(() => (isOdd ? random.pick(odd) : -random.float())),
    ...(random.chance(0.5) ? { tokenIds: pieces.map(() => random.int(0, 500)) } : {}),
    finish: random.chance(0.3) ? "length" : "stop",
  };
}

const PYTHON = problemOf({
  statement: "Something.",
  language: "python",
  entryPoint: "f",
  visibleTests: [],
  starterCode: "def f(x):",
});

const PROBLEMS: readonly Problem[] = [
  PYTHON,
  { ...PYTHON, language: "javascript", visibleTests: [{ input: [1], expected: 1 }] },
  { ...PYTHON, entryPoint: null, visibleTests: [{ stdin: "1\n", stdout: "1\n" }] },
];

const PREFIX: readonly Step[] = [
  { kind: "define", text: "some structure" },
  { kind: "refine", text: "some part of it" },
];

const REASONS = ["grammar", "length", "thought", "empty"];

/** What is wrong with the steps read from a completion; empty when nothing is. */
function faultsOf(drawn: readonly DrawnStep[], { tokens, pieces, tokenIds }: Completion): readonly string[] {
  const faults: string[] = [];
  const check = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  check(drawn.length > 0, "no step");
  for (const [index, { step, deadEnd, logProb, ...own }] of drawn.entries()) {
    const ends = deadEnd !== undefined || step.kind === "code";
    check(ends === (index === drawn.length - 1), "the end is not at the end");
    check(deadEnd === undefined ? step.text.trim() !== "" : REASONS.includes(deadEnd), "neither a text nor a reason");
    check(step.text === step.text.trim(), "not trimmed");
    check(Number.isInteger(own.tokens) && own.tokens >= 0, "tokens");
    check(logProb === null || (Number.isFinite(logProb) && logProb <= 0), "log-probability");
  }
  const count = Number.isFinite(tokens) && tokens >= 0 ? Math.round(tokens) : pieces.length;
  check(drawn.reduce((sum, step) => sum + step.tokens, 0) === count, "tokens do not add up");
  const ids = drawn.flatMap(({ sample }) => sample?.tokenIds ?? []);
  const areKept = tokenIds !== undefined && pieces.length > 0;
  check(!areKept || (ids.length === tokenIds.length && ids.every((id, i) => id === tokenIds[i])), "ids do not add up");
  return faults;
}

/** Reads a completion in every way a protocol has; what every fourth gave goes into a prompt, as it would next. */
function faultsOfProtocol(protocol: StepProtocol, completion: Completion, prefix: readonly Step[], problem: Problem) {
  const path = protocol.parsePath(completion, prefix, problem.entryPoint);
  const steps = protocol.parseSteps(completion, prefix, problem.entryPoint);
  const code = protocol.parseCode(completion, problem.entryPoint);
  const shown = [...prefix, ...path.map((drawn) => completedStep(drawn, problem).step)];
  if (completion.tokens % 4 === 0) protocol.policyPrompt(problem, shown, "step");
  // Steps that end in neither code nor a dead end leave their path open.
  const asEnd = (drawn: readonly DrawnStep[]) =>
    drawn.map((each, i) => (i < drawn.length - 1 ? each : { ...each, step: { ...each.step, kind: "code" as const } }));
  return [
    ...faultsOf(path, completion),
    ...faultsOf(asEnd(steps), completion),
    ...faultsOf(asEnd([code]), completion),
    ...(code.step.kind === "code" || protocol.id === "tiny" ? [] : ["code is no code"]),
    ...(steps[0]?.step.text === path[0]?.step.text ? [] : ["the path's first step is another"]),
  ];
}

function faultsOfTests(text: string, problem: Problem): readonly string[] {
  const tests = readTests([text, text], problem, 5);
  const sound = tests.every((test) => JSON.stringify(testSchema.parse(test)) === JSON.stringify(test));
  const input = readTestInput(text);
  const isList =
    input === undefined || input.every((value) => Number.isInteger(value) && renderValue(value).length < 8);
  const output = readTestOutput(text);
  return [
    ...(tests.length <= 5 && sound ? [] : ["tests"]),
    ...(isList && (output === undefined || JSON.stringify(output) !== "null") ? [] : ["the tiny model's tests"]),
  ];
}

/** Every fault of `count` texts, with the text; nothing is thrown. */
function faultsAmong(count: number, seed: number, textOf: (random: Random) => string): readonly string[] {
  const random = createRandom(seed);
  return Array.from({ length: count }).flatMap((_, index) => {
    const text = textOf(random);
    const completion = completionOf(text, random);
    const prefix = PREFIX.slice(0, random.int(0, 2));
    const problem = PROBLEMS[index % PROBLEMS.length] ?? PYTHON;
    try {
      const faults = [
        ...faultsOfProtocol(tinyProtocol, completion, prefix, problem),
        ...faultsOfProtocol(chatProtocol, completion, prefix, problem),
        ...faultsOfTests(text, problem),
      ];
      return faults.map((fault) => `${fault}: ${JSON.stringify(completion)}`);
    } catch (error) {
      return [`${String(error)}: ${JSON.stringify(completion)}`];
    }
  });
}

describe("whatever a model says is read by every reader", () => {
  it("40,000 texts of the tiny model's tokens", () => {
    expect(faultsAmong(40_000, 1, randomTokens)).toEqual([]);
  }, 600_000);

  it("30,000 texts of any characters", () => {
    expect(faultsAmong(30_000, 2, randomUnicode)).toEqual([]);
  }, 600_000);

  it("30,000 mutations of real answers", () => {
    const answers = [...MESSY.map(({ text }) => text), ...realAnswers()];
    expect(faultsAmong(30_000, 3, (random) => mutated(random, answers))).toEqual([]);
  }, 600_000);

  it("and any odds of a judge are a value in [0, 1]", () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 0, 0.25, 1, 7];
    const judgements = odd.flatMap((good) => odd.map((bad) => judgementOf([good, good, bad, bad, good, bad])));
    const values = [judgementOf([]), judgementOf([1]), ...judgements].flatMap(({ value, mass }) => [value, mass]);
    expect(values.filter((value) => !(value >= 0 && value <= 1))).toEqual([]);
  });
});

/** Tens of thousands of characters and more: in square time one would take minutes. */
const WITHOUT_END: readonly (readonly [string, string])[] = [
  ["brackets", "[".repeat(1_000_000)],
  ["brackets in an assertion", `assert f(${"[".repeat(1_000_000)}`],
  ["a string that is not closed", `assert f("${"a".repeat(1_000_000)}`],
  ["blanks behind a heading", `### DEFINE${" ".repeat(300_000)}x`],
  ["dashes in a title", `### Step 1: Refine ${"-".repeat(300_000)}x`],
  ["decoration before a line separator", `### CODE${"*".repeat(300_000)}\u2028x`],
  ["line separators", `a${"\u2028".repeat(300_000)}b`],
  ["tildes", `### DEFINE\n${"~".repeat(300_000)}x`],
  ["backticks", `x ${"`".repeat(300_000)}y`],
  ["a language that a backtick ends", `\`\`\`${"a".repeat(300_000)}\``],
  ["rules", `### DEFINE\nx\n${"---\n".repeat(40_000)}`],
  ["empty lines", `a${"\n".repeat(100_000)}b`],
  ["empty lines behind a function", `\`\`\`js\nfunction${"\n".repeat(100_000)}1`],
  ["digits", `assert f(1) == ${"1".repeat(300_000)}x`],
  ["blanks in a label", `Input:\n1${" ".repeat(300_000)}2\ninput${" ".repeat(300_000)}x\nOutput:\n3`],
  ["blanks in a comment", `f(1) #${" ".repeat(300_000)}\u2028x`],
  ["marks of steps", "<define>".repeat(50_000)],
  ["steps, all different", Array.from({ length: 15_000 }, (_, i) => `### REFINE\nx${i}`).join("\n")],
  ["the tiny model's steps", "<refine>x<end>".repeat(30_000)],
  ["functions, all different", Array.from({ length: 5_000 }, (_, i) => `\`\`\`py\ndef f${i}(): f0\n\`\`\``).join("\n")],
  ["results, all different", Array.from({ length: 5_000 }, (_, i) => `assert f(1) == ${i}`).join("\n")],
  ["runs", "Input: 1\nOutput: 2\n".repeat(5_000)],
];

describe("a text without end is read in good time", () => {
  it.each(WITHOUT_END)(
    "%s",
    (_, text) => {
      expect(faultsAmong(1, 1, () => text)).toEqual([]);
      expect(PROBLEMS.flatMap((problem) => faultsOfTests(text, problem))).toEqual([]);
      const code = completedStep({ step: { kind: "code", text }, tokens: 1, logProb: 0 }, PYTHON);
      expect(chatProtocol.policyPrompt(PYTHON, [...PREFIX, code.step], "step")).toHaveLength(8 + 6);
    },
    600_000,
  );
});
