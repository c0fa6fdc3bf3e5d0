import { exactText, JsonError, PYTHON_STYLE, parseExactJson } from "../../core/exact-json";
import { type CallTest, isCallTest, type JsonValue, type ProgramTest } from "../../core/problem";
import { isObject, plainText, type RowValue } from "../rows/json";
import { rowError } from "./format";

/** What the column `input_output` of TACO and APPS holds. */
export interface IoTests {
  /** The function to call; null when the program reads stdin. */
  readonly functionName: string | null;
  readonly tests: readonly (CallTest | ProgramTest)[];
  /** Inputs without an output, or outputs without an input. */
  readonly unpaired: number;
}

/**
 * The tests of a row.
 * @param column an object `{inputs, outputs, fn_name?}`, or its JSON text.
 * @param wrapped whether an output that is a list of one value may stand for that value (see {@link returnedValues}).
 * @throws LabError `input/row`
 */
export function ioTests(column: JsonValue, wrapped: boolean): IoTests {
  const { inputs, outputs, fn_name: name } = ioObject(column);
  if (!Array.isArray(inputs) || !Array.isArray(outputs)) throw rowError("Its input_output has no inputs and outputs.");
  const count = Math.min(inputs.length, outputs.length);
  if (count === 0) throw rowError("It has no tests.");
  const unpaired = Math.max(inputs.length, outputs.length) - count;
  const functionName = typeof name === "string" && name !== "" ? name : null;
  if (functionName !== null && !PYTHON_NAME.test(functionName)) throw rowError("Its fn_name is no function's name.");
  if (functionName === null) {
    const tests = inputs.slice(0, count).map((input: JsonValue, i) => {
      return { stdin: streamText(input), stdout: streamText(outputs[i] as JsonValue) };
    });
    return { functionName, tests, unpaired };
  }
  const expected = returnedValues(outputs.slice(0, count), wrapped);
  const tests = inputs.slice(0, count).map((input: JsonValue, i) => {
    return { input: Array.isArray(input) ? input : [input], expected: expected[i] ?? null };
  });
  return { functionName, tests, unpaired };
}

const PYTHON_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

function ioObject(column: JsonValue): RowValue {
  const value = typeof column === "string" ? columnJson(column, "input_output") : column;
  if (isObject(value)) return value;
  throw rowError("Its input_output is not an object with inputs and outputs.");
}

/** The value of a column that holds JSON text. @throws LabError `input/row` */
export function columnJson(text: string, column: string): JsonValue {
  if (text.trim() === "") return {};
  try {
    return parseExactJson(text);
  } catch (thrown) {
    if (thrown instanceof JsonError) throw rowError(`Its column ${column} ${thrown.message}.`);
    throw thrown;
  }
}

/**
 * What the function must return for each input. Most rows wrap each value in a list of its own, some do not, and
 * nothing in a row says which: it is taken to be wrapped when every output is a list of one value and `wrapped` allows
 * it.
 */
function returnedValues(outputs: readonly JsonValue[], wrapped: boolean): readonly JsonValue[] {
  const each = outputs.map((output) =>
    Array.isArray(output) && output.length === 1 ? [output[0] as JsonValue] : null,
  );
  if (!wrapped || each.includes(null)) return outputs;
  return each.map((values) => values?.[0] ?? null);
}

/** What a program reads or prints: a text, its lines, or a number with all its digits. */
function streamText(value: JsonValue): string {
  const text = plainText(value);
  if (text !== null) return text;
  if (Array.isArray(value)) return value.map((line: JsonValue) => lineText(line)).join("\n");
  throw rowError("A test's input or output is neither a text nor a list of lines.");
}

function lineText(line: JsonValue): string {
  const text = plainText(line);
  if (text === null) throw rowError("A test's input or output is neither a text nor a list of lines.");
  return text;
}

/** Tests divided by who may see them. */
export interface DividedTests {
  readonly visible: readonly (CallTest | ProgramTest)[];
  readonly hidden: readonly (CallTest | ProgramTest)[];
  /** Whether the visible ones stand in the statement; else they are simply the first. */
  readonly shown: boolean;
}

/**
 * The first tests that the statement gives as examples are visible; where it gives none that can be recognised, the
 * first test is. A test that is there twice counts once.
 * @param count how many at most; null for all examples.
 */
export function divideTests(
  tests: readonly (CallTest | ProgramTest)[],
  statement: string,
  functionName: string | null,
  count: number | null,
): DividedTests {
  const seen = new Set<string>();
  const different = tests.filter((test) => {
    const key = likeness(test);
    return !seen.has(key) && seen.add(key);
  });
  const examples = different.filter(standsIn(statement, functionName)).slice(0, count ?? different.length);
  const visible = new Set(examples.length > 0 ? examples : different.slice(0, Math.min(count ?? 1, 1)));
  return {
    visible: different.filter((test) => visible.has(test)),
    hidden: different.filter((test) => !visible.has(test)),
    shown: examples.length > 0,
  };
}

/** The same for tests that are the same but for white space at the ends. */
function likeness(test: CallTest | ProgramTest): string {
  return isCallTest(test) ? JSON.stringify(test) : JSON.stringify([test.stdin.trim(), test.stdout.trim()]);
}

const pythonText = (value: JsonValue) => exactText(value, PYTHON_STYLE);

/**
 * Whether a statement shows a test: what goes in, and behind it what comes out. White space and the kind of quotes do
 * not count.
 */
function standsIn(statement: string, functionName: string | null): (test: CallTest | ProgramTest) => boolean {
  const lines = words(statement);
  const compact = bare(statement);
  return (test) => {
    if (!isCallTest(test)) return follows(lines, [words(test.stdin), words(test.stdout)]);
    const given = bare(test.input.map(pythonText).join(","));
    const calls = [`${functionName}(${given})`, `Input:${given}Output:`];
    return calls.some((call) => compact.includes(call) && follows(compact, [call, bare(pythonText(test.expected))]));
  };
}

/** Whether the texts stand in `text` one after the other. An empty one proves nothing. */
function follows(text: string, parts: readonly string[]): boolean {
  let at = 0;
  for (const part of parts) {
    const found = part.trim() === "" ? -1 : text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

/** Words with single spaces around them, so that `1 2` is not found in `11 23`. */
function words(text: string): string {
  return ` ${text.trim().replaceAll(/\s+/g, " ")} `;
}

/** Without white space, names of arguments (`arr = [1]`), and with one kind of quotes. */
function bare(text: string): string {
  return text
    .replaceAll(/\b[A-Za-z_]\w*\s*=\s*(?=[-[{"'\d])/g, "")
    .replaceAll(/\s+/g, "")
    .replaceAll("'", '"');
}
