import type { JsonValue, Language, Problem, TestCase } from "../../problem";
import { closingBracket, isBalanced, lexemesOf, type Statement, splitTopLevel, statementsOf } from "./lexemes";
import { readLiteral } from "./literal";

/** A test of a function, as it was read, with what is needed to compare it with others. */
export interface ReadTest extends TestInput {
  readonly test: TestCase;
}

/** What a test gives a program. */
export interface TestInput {
  /** Equal for tests that give the program the same. */
  readonly inputKey: string;
  /** What kind of value each argument of the call is, as far as its first character tells: `[,n` for a list and a number. */
  readonly shape: string;
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
  const bare = text
    .split("\n")
    .map((line) => bareLine(line, entryPoint))
    .join("\n");
  const statements = statementsOf(bare, problem.language, (line) => opening.test(line)).flatMap((statement) =>
    assertionsIn(statement, problem.language),
  );
  return statements.flatMap(({ text: statement, comment }, index) => {
    const below = statement.startsWith(">>>") ? statements[index + 1]?.text : undefined;
    const result = below ?? SAID.exec(comment.trimEnd())?.[1] ?? "";
    if (statement.length > MAX_STATEMENT) return [];
    return readStatement(statement, result.length > MAX_STATEMENT ? "" : result, problem);
  });
}

/** A bullet, a number, or a label such as `Test case 2:` before what a line says. */
const LABEL =
  /^[ \t]*(?:(?:[-*•+]|\(?(?:\d{1,3}|[a-z])[.)])[ \t]+)?(?:(?:\*\*)?(?:tests?|case|example|input)(?:[ _]?case)?[ \t]?#?\d{0,3}(?:\*\*)?[ \t]{0,3}[:.)–-](?:\*\*)?[ \t]+(?=[`\w>]))?/i;

/** A line without its label, and without backticks around its code; of a finished claim in backticks, without what follows it. */
function bareLine(line: string, entryPoint: string): string {
  const said = line.replace(LABEL, "");
  if (!said.startsWith("`") || said.startsWith("```") || !said.includes(entryPoint)) return said;
  const quoted = said.slice(1, said.indexOf("`", 1));
  return /==|\bassert\b|\breturns\b/.test(quoted) ? quoted : said.replaceAll("`", "");
}

/** The statements of a line that holds several assertions, with blanks, commas or semicolons between them. */
function assertionsIn({ text, comment }: Statement, language: Language): readonly Statement[] {
  if (!text.startsWith("assert")) return [{ text, comment }];
  const starts = lexemesOf(text, language).flatMap((lexeme) =>
    lexeme.text === "assert" && lexeme.kind === "other" && lexeme.depth === 0 ? [lexeme.start] : [],
  );
  if (starts.length < 2) return [{ text: text.replace(/[;,]\s*$/, ""), comment }];
  return starts.map((start, index) => ({
    text: text.slice(start, starts[index + 1]).replace(/[\s;,]+$/, ""),
    comment,
  }));
}

/** What an assertion of the problem's own gives its function, whatever else it does; undefined when it does not call it. */
export function inputOf(assertion: string, { entryPoint, language }: Problem): TestInput | undefined {
  const given = entryPoint === null ? undefined : firstCall(assertion, entryPoint, language);
  return given === undefined ? undefined : { inputKey: keyOf(given, language), shape: shapeOf(given) };
}

/** `assertEqual(a, b)`, `assert.deepStrictEqual(a, b)`: two sides in a test library's words. */
const ASSERT_CALL = /^(?:self\.)?assert(?:_?equals?|\.\w+|\w*Equal)\s*\(/i;

/** Looks at the end first: only then is the search for the middle a short one. */
const EXPECT = /^expect\s*\((?=.*\)\s*;?$)(.*)\)\.to\w+\s*\((.*)\)\s*;?$/s;

/** One statement of an answer; `result` is what a comment beside it or a doctest's line below says it gives. */
function readStatement(said: string, result: string, problem: FunctionProblem): readonly ReadTest[] {
  const statement = withoutNote(withoutKeywords(said, problem), problem.language);
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
        shape: shapeOf(input.map((value) => JSON.stringify(value))),
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
    shape: shapeOf(given),
  };
}

/** A Python assertion that a call with JSON values cannot stand for. It keeps its words. */
function readAssertion(condition: string, { entryPoint }: FunctionProblem): ReadTest | undefined {
  const given = firstCall(condition, entryPoint, "python");
  if (given === undefined || !isBalanced(condition, "python") || !isHarmless(condition, entryPoint)) return undefined;
  return { test: { assertion: `assert ${condition}` }, inputKey: keyOf(given, "python"), shape: shapeOf(given) };
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

const COMPARATORS = ["===", "==", "->", "→", "=>", "returns", "return", "equals", "gives", "is", "be", "=", ":"];

function splitAtComparator(body: string, language: Language): readonly [string, string] | undefined {
  const found = comparatorIn(body, language);
  if (found === undefined) return undefined;
  const left = body.slice(0, found.start).replace(/\s+should\s*$/, "");
  return [left.trim(), body.slice(found.end).replace(/;\s*$/, "").trim()];
}

/** Where the first comparison for equality outside brackets stands. */
function comparatorIn(body: string, language: Language): { readonly start: number; readonly end: number } | undefined {
  for (const { kind, text, start, depth } of lexemesOf(body, language)) {
    if (depth > 0 || kind === "string" || /[<>!]/.test(body[start - 1] ?? "")) continue;
    const comparator = COMPARATORS.find((candidate) =>
      /\w/.test(candidate) ? text === candidate : body.startsWith(candidate, start),
    );
    if (comparator !== undefined) return { start, end: start + comparator.length };
  }
  return undefined;
}

/** Words behind a result: `(the empty list)`, `- two of them`, `because ...`. No arithmetic and no call begins like that. */
const NOTE =
  /(?:(?:[-–—]{1,2}>?|→)\s+(?![A-Za-z_]+\s*[([.])[A-Za-z]{2,}|(?:because|since)\b|(?<=(?:[\d\])}"']|None|True|False)\s{1,3})\(\s*[A-Za-z]+[\s)])/y;

function isNoteAt(claim: string, start: number): boolean {
  const from = Math.max(0, start - 9);
  NOTE.lastIndex = start - from;
  return NOTE.test(claim.slice(from, start + 80));
}

/** A claim without the words behind its result. */
function withoutNote(claim: string, language: Language): string {
  const comparator = comparatorIn(claim, language);
  if (comparator === undefined) return claim;
  const note = lexemesOf(claim, language).find(
    ({ kind, depth, start }) =>
      start > comparator.end &&
      depth === 0 &&
      kind !== "string" &&
      /[\s\])}"']/.test(claim[start - 1] ?? "") &&
      /\S/.test(claim.slice(comparator.end, start)) &&
      isNoteAt(claim, start),
  );
  return note === undefined ? claim : claim.slice(0, note.start).trimEnd();
}

/** A claim whose first call of the function names no arguments: `f(xs=[1], n=2)` is `f([1], 2)`. Solutions are free to call them otherwise. */
function withoutKeywords(claim: string, { entryPoint, language }: FunctionProblem): string {
  const lexemes = lexemesOf(claim, language);
  const at = lexemes.findIndex(({ text }, index) => text === entryPoint && lexemes[index + 1]?.text === "(");
  const open = lexemes[at + 1];
  if (at < 0 || open === undefined) return claim;
  let bare = "";
  let from = 0;
  for (let index = at + 2; index < lexemes.length; index++) {
    const { text, start, depth, kind } = lexemes[index] ?? open;
    if (kind === "close" && depth === open.depth) break;
    const isName =
      depth === open.depth + 1 &&
      /^[A-Za-z_]\w*$/.test(text) &&
      /[(,]\s*$/.test(claim.slice(Math.max(0, start - 9), start));
    const equals = isName ? /^\s*=(?!=)\s*/.exec(claim.slice(start + text.length, start + text.length + 9)) : null;
    if (equals === null) continue;
    bare += claim.slice(from, start);
    from = start + text.length + equals[0].length;
  }
  return bare + claim.slice(from);
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

/** See {@link TestInput}. What is no plain literal may be of any kind. */
export function shapeOf(given: readonly string[]): string {
  return given.map(kindOfValue).join();
}

function kindOfValue(source: string): string {
  const first = source.trim()[0] ?? "";
  if (/[\d.+-]/.test(first)) return "n";
  if (/["']/.test(first)) return "s";
  return /[[({]/.test(first) ? first : "?";
}

/** Whether arguments are of the kinds that others are of, as far as is known. */
export function isOfShape(shape: string, other: string): boolean {
  const [ours, theirs] = [shape.split(","), other.split(",")];
  return (
    ours.length === theirs.length && ours.every((kind, i) => kind === "?" || theirs[i] === "?" || kind === theirs[i])
  );
}
