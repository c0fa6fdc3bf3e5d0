import type { JsonValue, Language, Problem, TestCase } from "../../problem";
import { isHarmless } from "./harmless";
import { readLiteral } from "./literal-reader";
import { closingBracket, isBalanced, lexemesOf, splitTopLevel, statementsOf } from "./scan";

/** A test of a function, as it was read, with what is needed to compare it with others. */
export interface ReadCall {
  readonly test: TestCase;
  /** Equal for tests that give the program the same. */
  readonly inputKey: string;
  /** Arguments of the call. */
  readonly arity: number;
}

/** A problem whose tests call a function. */
type CallProblem = Problem & { readonly entryPoint: string };

const COMPARATORS = ["===", "==", "->", "→", "=>", "returns", "is"];

/** `assertEqual(a, b)`, `assert.deepStrictEqual(a, b)`: two sides in a test library's words. */
const ASSERT_CALL = /^(?:self\.)?assert(?:_?equals?|\.\w+|\w*Equal)\s*\(/i;

const EXPECT = /^expect\s*\((.*)\)\.to\w+\s*\((.*)\)\s*;?$/s;

/** The arguments of a call of `name` that is all of `source`; undefined otherwise. */
function argumentsOf(source: string, name: string, language: Language): readonly string[] | undefined {
  const head = source.startsWith(name) ? source.slice(name.length).trimStart() : "";
  if (!head.startsWith("(") || closingBracket(head, 0, language) !== head.length - 1) return undefined;
  return splitTopLevel(head.slice(1, -1), ",", language);
}

/** The arguments of the first call of `name` anywhere in an expression. */
function firstCall(source: string, name: string, language: Language): readonly string[] | undefined {
  for (const { text, start } of lexemesOf(source, language)) {
    if (text !== name) continue;
    const open = source.slice(start + name.length).search(/\S/) + start + name.length;
    const close = source[open] === "(" ? closingBracket(source, open, language) : -1;
    if (close > 0) return splitTopLevel(source.slice(open + 1, close), ",", language);
  }
  return undefined;
}

function splitAtComparator(body: string, language: Language): readonly [string, string] | undefined {
  let depth = 0;
  for (const { kind, text, start } of lexemesOf(body, language)) {
    if (kind === "open") depth++;
    if (kind === "close") depth--;
    if (depth > 0 || kind === "string") continue;
    const comparator = COMPARATORS.find((candidate) =>
      /\w/.test(candidate) ? text === candidate : body.startsWith(candidate, start),
    );
    if (comparator === undefined) continue;
    return [
      body.slice(0, start).trim(),
      body
        .slice(start + comparator.length)
        .replace(/;\s*$/, "")
        .trim(),
    ];
  }
  return undefined;
}

/** Both sides of a comparison for equality. */
function sidesOf(body: string, language: Language): readonly [string, string] | undefined {
  const expected = EXPECT.exec(body);
  if (expected !== null) return [expected[1]?.trim() ?? "", expected[2]?.trim() ?? ""];
  const assertion = ASSERT_CALL.exec(body);
  if (assertion === null) return splitAtComparator(body, language);
  const open = assertion[0].length - 1;
  const close = closingBracket(body, open, language);
  const [left, right] = close < 0 ? [] : splitTopLevel(body.slice(open + 1, close), ",", language);
  return left === undefined || right === undefined ? undefined : [left, right];
}

/** The values of arguments where JSON can hold them all, else their source without blanks. */
function keyOf(given: readonly string[], language: Language): string {
  const values = given.map((argument) => readLiteral(argument, language));
  if (values.every((value) => value !== undefined)) return JSON.stringify(values);
  return lexemesOf(given.join(","), language)
    .map(({ kind, text }) => (kind === "string" ? text : text.trim()))
    .join("");
}

function readEquality(left: string, right: string, { entryPoint, language }: CallProblem): ReadCall | undefined {
  const given = argumentsOf(left, entryPoint, language);
  const expected = readLiteral(right, language);
  const input = given?.map((argument) => readLiteral(argument, language));
  if (given === undefined || expected === undefined || !input?.every((value) => value !== undefined)) return undefined;
  return {
    test: { input: input as readonly JsonValue[], expected },
    inputKey: keyOf(given, language),
    arity: given.length,
  };
}

/** A Python assertion that a call with JSON values cannot stand for. It keeps its words. */
function readAssertion(condition: string, { entryPoint }: CallProblem): ReadCall | undefined {
  const given = firstCall(condition, entryPoint, "python");
  if (given === undefined || !isBalanced(condition, "python") || !isHarmless(condition, entryPoint)) return undefined;
  return { test: { assertion: `assert ${condition}` }, inputKey: keyOf(given, "python"), arity: given.length };
}

function withoutParentheses(source: string, language: Language): string {
  const isWrapped = source.startsWith("(") && closingBracket(source, 0, language) === source.length - 1;
  return isWrapped ? source.slice(1, -1).trim() : source;
}

/** Reads what an assertion claims; Python's message behind a comma is left out. */
function readClaim(claim: string, problem: CallProblem): ReadCall | undefined {
  const { language } = problem;
  const [first = ""] = splitTopLevel(claim, ",", language);
  const body = withoutParentheses(first, language);
  const sides = sidesOf(body, language);
  const equality = sides === undefined ? undefined : readEquality(sides[0], sides[1], problem);
  if (equality !== undefined || language !== "python") return equality;
  const isPython = sides === undefined || /^(?:==|is\b)/.test(body.slice(sides[0].length).trim());
  return readAssertion(isPython ? body : `${sides[0]} == ${sides[1]}`, problem);
}

/** `{"input": [1, 2], "output": 3}` and lists of these, with the names that models give the two. */
function readRecords(text: string, language: Language): readonly ReadCall[] {
  const source = text.replace(/[,;]\s*$/, "");
  const value = readLiteral(source, language) ?? readLiteral(source, "javascript");
  const records = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  return records.flatMap((record) => {
    if (typeof record !== "object" || record === null || Array.isArray(record)) return [];
    const fields = new Map(Object.entries(record));
    const input = ["input", "inputs", "args", "arguments"].map((name) => fields.get(name)).find(Array.isArray);
    const expected = ["output", "expected", "expected_output", "result"]
      .map((name) => fields.get(name))
      .find((v) => v !== undefined);
    if (input === undefined || expected === undefined) return [];
    return [
      {
        test: { input: input as readonly JsonValue[], expected },
        inputKey: JSON.stringify(input),
        arity: input.length,
      },
    ];
  });
}

/** What an assertion of the problem's own gives its function, whatever else it does; undefined when it does not call it. */
export function callIn(source: string, { entryPoint, language }: Problem): Omit<ReadCall, "test"> | undefined {
  const given = entryPoint === null ? undefined : firstCall(source, entryPoint, language);
  return given === undefined ? undefined : { inputKey: keyOf(given, language), arity: given.length };
}

/** One statement of an answer; `result` is what a comment beside it or a doctest's line below says it gives. */
function readStatement(statement: string, result: string, problem: CallProblem): readonly ReadCall[] {
  if (/^[[{]/.test(statement)) return readRecords(statement, problem.language);
  const assertion = /^assert\b(?!\.)\s*(.+)$/s.exec(statement)?.[1];
  if (assertion !== undefined) return [readClaim(assertion, problem) ?? []].flat();
  const claim = statement.replace(/^>>>\s*/, "").replace(/^(?:print|console\.(?:log|assert))\s*\((.*)\)\s*;?$/s, "$1");
  if (!claim.startsWith(problem.entryPoint) && !ASSERT_CALL.test(claim) && !EXPECT.test(claim)) return [];
  const isCallOnly = argumentsOf(claim, problem.entryPoint, problem.language) !== undefined;
  const read =
    isCallOnly && result === "" ? undefined : readClaim(isCallOnly ? `${claim} == ${result}` : claim, problem);
  return read === undefined ? [] : [read];
}

/** Characters beyond which a statement is a model's endless repetition rather than a test. */
const MAX_STATEMENT = 2000;

/** A comment that says what a call gives: `# 3`, `// returns 3`. */
const SAID = /^(?:#|\/\/)\s*(?:->|=>|→|returns:?|expected(?: output)?:?|output:?|should (?:be|return))?\s*(.+)$/i;

/** All tests of the problem's function in a text with prose, bullets and fences around them. */
export function callTestsIn(text: string, { entryPoint, ...rest }: Problem): readonly ReadCall[] {
  if (entryPoint === null) return [];
  const problem = { ...rest, entryPoint };
  const opening = new RegExp(`^\\s*(?:assert\\b|>>>|${entryPoint.replace(/\W/g, "\\$&")}\\s*\\()`);
  const bare = text.replace(/^[ \t]*(?:[-*•]|\d+[.)])[ \t]+/gm, "").replace(/^[ \t]*`([^`\n]+)`[ \t]*$/gm, "$1");
  const statements = statementsOf(bare, problem.language, (line) => opening.test(line));
  return statements.flatMap(({ text: statement, comment }, index) => {
    if (statement.length > MAX_STATEMENT) return [];
    const below = statement.startsWith(">>>") ? statements[index + 1]?.text : undefined;
    return readStatement(statement, below ?? SAID.exec(comment)?.[1] ?? "", problem);
  });
}
