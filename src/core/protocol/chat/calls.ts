import type { JsonValue, Language, Problem, TestCase } from "../../problem";
import { closingBracket, isBalanced, lexemesOf, splitTopLevel, statementsOf } from "./lexemes";
import { readLiteral } from "./literal";

/** A test of a function, as it was read, with what is needed to compare it with others. */
export interface ReadTest extends TestInput {
  readonly test: TestCase;
}

/** What a test gives a program. */
export interface TestInput {
  /** Equal for tests that give the program the same. */
  readonly inputKey: string;
  /** Arguments of the call. */
  readonly arity: number;
}

/** A problem whose tests call a function. */
type FunctionProblem = Problem & { readonly entryPoint: string };

/** Characters beyond which a statement is a model's endless repetition rather than a test. */
const MAX_STATEMENT = 2000;

/** A comment that says what a call gives: `# 3`, `// returns 3`. */
const SAID =
  /^(?:#|\/\/)\s*(?:->|=>|→|returns:?|expected(?: output)?:?|output:?|should (?:be|return))?\s*(\S[\s\S]*)$/i;

/** All tests of the problem's function in a text with prose, bullets and fences around them. */
export function callTestsIn(text: string, { entryPoint, ...rest }: Problem): readonly ReadTest[] {
  if (entryPoint === null) return [];
  const problem = { ...rest, entryPoint };
  const opening = new RegExp(`^\\s*(?:assert\\b|>>>|${entryPoint.replace(/\W/g, "\\$&")}\\s*\\()`);
  const bare = text.replace(/^[ \t]*(?:[-*•]|\d+[.)])[ \t]+/gm, "").replace(/^[ \t]*`([^`\n]+)`[ \t]*$/gm, "$1");
  const statements = statementsOf(bare, problem.language, (line) => opening.test(line));
  return statements.flatMap(({ text: statement, comment }, index) => {
    const below = statement.startsWith(">>>") ? statements[index + 1]?.text : undefined;
    const result = below ?? SAID.exec(comment.trimEnd())?.[1] ?? "";
    if (statement.length > MAX_STATEMENT) return [];
    return readStatement(statement, result.length > MAX_STATEMENT ? "" : result, problem);
  });
}

/** What an assertion of the problem's own gives its function, whatever else it does; undefined when it does not call it. */
export function inputOf(assertion: string, { entryPoint, language }: Problem): TestInput | undefined {
  const given = entryPoint === null ? undefined : firstCall(assertion, entryPoint, language);
  return given === undefined ? undefined : { inputKey: keyOf(given, language), arity: given.length };
}

/** `assertEqual(a, b)`, `assert.deepStrictEqual(a, b)`: two sides in a test library's words. */
const ASSERT_CALL = /^(?:self\.)?assert(?:_?equals?|\.\w+|\w*Equal)\s*\(/i;

/** Looks at the end first: only then is the search for the middle a short one. */
const EXPECT = /^expect\s*\((?=.*\)\s*;?$)(.*)\)\.to\w+\s*\((.*)\)\s*;?$/s;

/** One statement of an answer; `result` is what a comment beside it or a doctest's line below says it gives. */
function readStatement(statement: string, result: string, problem: FunctionProblem): readonly ReadTest[] {
  if (/^[[{]/.test(statement)) return readRecords(statement, problem.language);
  const assertion = /^assert\b(?!\.)\s*(.+)$/s.exec(statement)?.[1];
  if (assertion !== undefined) return [readClaim(assertion, problem) ?? []].flat();
  const claim = statement.replace(/^>>>\s*/, "").replace(/^(?:print|console\.(?:log|assert))\s*\((.*)\)\s*;?$/s, "$1");
  if (!claim.startsWith(problem.entryPoint) && !ASSERT_CALL.test(claim) && !EXPECT.test(claim)) return [];
  const isCallOnly = argumentsOf(claim, problem.entryPoint, problem.language) !== undefined;
  if (isCallOnly && result === "") return [];
  return [readClaim(isCallOnly ? `${claim} == ${result}` : claim, problem) ?? []].flat();
}

/** `{"input": [1, 2], "output": 3}` and lists of these, with the names that models give the two. */
function readRecords(text: string, language: Language): readonly ReadTest[] {
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

/** Reads what an assertion claims; Python's message behind a comma is left out. */
function readClaim(claim: string, problem: FunctionProblem): ReadTest | undefined {
  const { language } = problem;
  const [first = ""] = splitTopLevel(claim, ",", language);
  const body = withoutParentheses(first, language);
  const sides = sidesOf(body, language);
  if (sides?.includes("")) return undefined;
  const equality = sides === undefined ? undefined : readEquality(sides[0], sides[1], problem);
  if (equality !== undefined || language !== "python") return equality;
  const isPython = sides === undefined || /^(?:==|is\b)/.test(body.slice(sides[0].length).trim());
  return readAssertion(isPython ? body : `${sides[0]} == ${sides[1]}`, problem);
}

function readEquality(left: string, right: string, { entryPoint, language }: FunctionProblem): ReadTest | undefined {
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
function readAssertion(condition: string, { entryPoint }: FunctionProblem): ReadTest | undefined {
  const given = firstCall(condition, entryPoint, "python");
  if (given === undefined || !isBalanced(condition, "python") || !isHarmless(condition, entryPoint)) return undefined;
  return { test: { assertion: `assert ${condition}` }, inputKey: keyOf(given, "python"), arity: given.length };
}

/** Builtins and words that an assertion may use besides the function under test. */
const NAMES = new Set(
  (
    "not and or in is None True False abs all any bool complex dict divmod enumerate filter float frozenset int len list map max min " +
    "pow range repr reversed round set sorted str sum tuple zip"
  ).split(" "),
);

const NUMBER = /^(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e\d*)?j?$|^0[xob][\da-f]+$/i;

const OPERATOR = /^[-+*/%<>=!~,:&|^ \t\n]$/;

const STRING_PREFIX = /^(?:[rbu]|br|rb)$/i;

/**
 * Whether a Python expression names nothing but `entryPoint`, literals and harmless builtins: no attributes, no other names, no
 * f-strings, nothing beyond ASCII outside strings (Python folds look-alike letters into plain ones). A model's assertion runs where
 * tests run, so it gets no more than it needs.
 */
function isHarmless(expression: string, entryPoint: string): boolean {
  const lexemes = lexemesOf(expression, "python");
  return lexemes.every(({ kind, text }, index) => {
    if (kind === "comment") return false;
    if (kind !== "other") return true;
    if (lexemes[index + 1]?.kind === "string" && /\w/.test(text)) return STRING_PREFIX.test(text);
    return OPERATOR.test(text) || NUMBER.test(text) || NAMES.has(text) || text === entryPoint;
  });
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

const COMPARATORS = ["===", "==", "->", "→", "=>", "returns", "is"];

function splitAtComparator(body: string, language: Language): readonly [string, string] | undefined {
  for (const { kind, text, start, depth } of lexemesOf(body, language)) {
    if (depth > 0 || kind === "string") continue;
    const comparator = COMPARATORS.find((candidate) =>
      /\w/.test(candidate) ? text === candidate : body.startsWith(candidate, start),
    );
    if (comparator === undefined) continue;
    const right = body.slice(start + comparator.length).replace(/;\s*$/, "");
    return [body.slice(0, start).trim(), right.trim()];
  }
  return undefined;
}

function withoutParentheses(source: string, language: Language): string {
  const isWrapped = source.startsWith("(") && closingBracket(source, 0, language) === source.length - 1;
  return isWrapped ? source.slice(1, -1).trim() : source;
}

/** The arguments of a call of `name` that is all of `source`; undefined otherwise. */
function argumentsOf(source: string, name: string, language: Language): readonly string[] | undefined {
  const head = source.startsWith(name) ? source.slice(name.length).trimStart() : "";
  if (!head.startsWith("(") || closingBracket(head, 0, language) !== head.length - 1) return undefined;
  return splitTopLevel(head.slice(1, -1), ",", language);
}

/** The arguments of the first call of `name` anywhere in an expression. */
function firstCall(source: string, name: string, language: Language): readonly string[] | undefined {
  const lexemes = lexemesOf(source, language);
  const closings = new Map<number, number>();
  const open: number[] = [];
  for (const { kind, start } of lexemes) {
    if (kind === "open") open.push(start);
    const opened = kind === "close" ? open.pop() : undefined;
    if (opened !== undefined) closings.set(opened, start);
  }
  for (const { text, start } of lexemes) {
    if (text !== name) continue;
    const at = source.length - source.slice(start + name.length).trimStart().length;
    const close = source[at] === "(" ? closings.get(at) : undefined;
    if (close !== undefined) return splitTopLevel(source.slice(at + 1, close), ",", language);
  }
  return undefined;
}

/** The values of arguments where JSON can hold them all, else their source without blanks. */
function keyOf(given: readonly string[], language: Language): string {
  const values = given.map((argument) => readLiteral(argument, language));
  if (values.every((value) => value !== undefined)) return JSON.stringify(values);
  return lexemesOf(given.join(","), language)
    .map(({ kind, text }) => (kind === "string" ? text : text.trim()))
    .join("");
}
