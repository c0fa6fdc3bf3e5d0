import { LabError } from "../../core/errors";
import { parseExactJson } from "../../core/exact-json";
import type { ModelRef } from "../../core/model";
import type { JsonValue, Language, TestCase } from "../../core/problem";
import { entryPointFault } from "../../experiment/spec/model-family";
import { type CustomProblem, parseCustomProblem } from "../../experiment/spec/problem-ref";
import type { CustomDraft } from "./custom-draft";

/** What is wrong with a draft: one sentence for each field that has a fault. */
type DraftFaults = Partial<Record<keyof CustomDraft, string>>;

/** A checked draft: the problem, or what is wrong. */
export type CheckedDraft =
  | { readonly ok: true; readonly problem: CustomProblem }
  | { readonly ok: false; readonly faults: DraftFaults };

/** What the language calls its names. */
const LANGUAGE_NAMES: Record<Language, string> = { javascript: "JavaScript", python: "Python" };

/** Checks every field of a draft that a model of this engine shall solve. Never throws. */
export function checkDraft(draft: CustomDraft, engine: ModelRef["engine"]): CheckedDraft {
  const visible = readField(draft.visibleTests);
  const hidden = readField(draft.hiddenTests);
  const faults: Record<string, string> = {};
  if (draft.title.trim() === "") faults.title = "Give the problem a title.";
  if (draft.statement.trim() === "") faults.statement = "Say in a sentence what to compute.";
  const misnamed = nameFault(draft, engine);
  if (misnamed !== null) faults.entryPoint = misnamed;
  if (typeof visible === "string") faults.visibleTests = visible;
  else if (visible.length === 0) faults.visibleTests = "Write at least one example, such as [3, 1, 2] -> [1, 2, 3].";
  if (typeof hidden === "string") faults.hiddenTests = hidden;
  if (Object.keys(faults).length > 0 || typeof visible === "string" || typeof hidden === "string") {
    return { ok: false, faults };
  }
  return checkWhole(draft, visible, hidden);
}

function nameFault({ language, entryPoint }: CustomDraft, engine: ModelRef["engine"]): string | null {
  const isName = language === "python" ? /^[A-Za-z_]\w{0,99}$/ : /^[A-Za-z_$][\w$]{0,99}$/;
  if (!isName.test(entryPoint)) return `The function needs a ${LANGUAGE_NAMES[language]} name, such as solve.`;
  const fault = engine === "tiny" && language === "javascript" ? entryPointFault(entryPoint) : null;
  return fault === null ? null : `${fault.message} ${fault.hint}`;
}

function checkWhole(draft: CustomDraft, visible: readonly TestCase[], hidden: readonly TestCase[]): CheckedDraft {
  const { title, statement, entryPoint, language } = draft;
  try {
    const tests = { visibleTests: visible, hiddenTests: hidden };
    return {
      ok: true,
      problem: parseCustomProblem({ title, statement, entryPoint, language, ...tests }),
    };
  } catch (error) {
    return { ok: false, faults: { statement: error instanceof LabError ? error.message : String(error) } };
  }
}

function readField(text: string): readonly TestCase[] | string {
  try {
    return parseTests(text);
  } catch (error) {
    return error instanceof LabError ? error.message : String(error);
  }
}

/**
 * Reads tests: either one a line, arguments and expected value as JSON with an arrow between (`[3, 1, 2] -> [1, 2, 3]`), or
 * a JSON list of `{"input": [arguments], "expected": value}`.
 * @throws LabError `input/not-a-test` with one sentence that names the line or the test.
 */
export function parseTests(text: string): readonly TestCase[] {
  const trimmed = text.trim();
  if (trimmed === "") return [];
  if (!trimmed.includes("->")) return parseList(trimmed);
  return trimmed.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [parseLine(line, index + 1)]));
}

function parseLine(line: string, number: number): TestCase {
  const [input, expected, rest] = line.split("->");
  if (input === undefined || expected === undefined || rest !== undefined) {
    throw fault(`Line ${number} needs one arrow: arguments -> expected value.`);
  }
  const args = parseJson(`[${input}]`);
  if (!Array.isArray(args) || args.length === 0) {
    throw fault(`Line ${number}: "${shorten(input)}" before the arrow is not JSON.`);
  }
  const value = parseJson(expected);
  if (value === undefined) throw fault(`Line ${number}: "${shorten(expected)}" after the arrow is not JSON.`);
  return { input: args, expected: value };
}

function parseList(text: string): readonly TestCase[] {
  const tests = parseJson(text);
  if (tests === undefined)
    throw fault('The tests are not JSON: check brackets, commas and double quotes ("like this").');
  if (!Array.isArray(tests)) throw fault('The tests must be a list: [{"input": [[3, 1]], "expected": [1, 3]}].');
  return tests.map((test: JsonValue, index) => {
    if (!isTest(test)) throw fault(`Test ${index + 1} must look like {"input": [arguments], "expected": value}.`);
    return { input: test.input, expected: test.expected };
  });
}

function isTest(value: JsonValue): value is { readonly input: readonly JsonValue[]; readonly expected: JsonValue } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return "input" in value && Array.isArray(value.input) && "expected" in value;
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function shorten(text: string): string {
  const trimmed = text.trim();
  return trimmed.length > 40 ? `${trimmed.slice(0, 37)}...` : trimmed;
}

function fault(message: string): LabError {
  return new LabError("input/not-a-test", message);
}
