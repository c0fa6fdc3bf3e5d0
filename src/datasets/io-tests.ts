import { isBigInteger } from "../core/big-integer";
import type { CallTest, JsonValue, ProgramTest } from "../core/problem";
import { holdsNotANumber, parseExactJson, plainText } from "./json-value";
import { rowError } from "./row-error";

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

function ioObject(column: JsonValue): { readonly [key: string]: JsonValue } {
  const value = typeof column === "string" ? columnJson(column, "input_output") : column;
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as { [key: string]: JsonValue };
  throw rowError("Its input_output is not an object with inputs and outputs.");
}

/** The value of a column that holds JSON text. @throws LabError `input/row` */
export function columnJson(text: string, column: string): JsonValue {
  if (text.trim() === "") return {};
  try {
    return parseExactJson(text);
  } catch {
    const fault = holdsNotANumber(text) ? "holds NaN or Infinity, which is not JSON" : "is not JSON";
    throw rowError(`Its column ${column} ${fault}.`);
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

/** A value as Python writes it, without spaces; for finding it in a statement. */
export function pythonText(value: JsonValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (isBigInteger(value)) return value.$int;
  if (Array.isArray(value)) return `[${value.map(pythonText).join(",")}]`;
  return `{${Object.entries(value)
    .map(([key, held]) => `${JSON.stringify(key)}:${pythonText(held)}`)
    .join(",")}}`;
}
