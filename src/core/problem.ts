/** A value that survives JSON: what tests pass in and expect back. For what JavaScript's own cannot hold see exact-json.ts. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** How deep a JSON value may be nested: what is deeper overflows the stack of whoever walks it, JSON.stringify included. */
export const MAX_JSON_DEPTH = 1000;

/** Whether a value is JSON and at most {@link MAX_JSON_DEPTH} deep. Total: it has no depth of its own. */
export function isJsonValue(value: unknown): value is JsonValue {
  const open: [value: unknown, depth: number][] = [[value, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [held, depth] = next;
    if (held === null || typeof held === "string" || typeof held === "boolean") continue;
    if (typeof held === "number" && Number.isFinite(held)) continue;
    if (typeof held !== "object" || depth === MAX_JSON_DEPTH || !isPlain(held)) return false;
    for (const inside of Object.values(held)) open.push([inside, depth + 1]);
  }
  return true;
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The languages a solution can be written in. */
export type Language = "javascript" | "python";

/** How much of a list puzzle its statement gives away, most first: all, all but one thing, all but two, nothing. */
export const TIERS = ["described", "hinted", "two-hidden", "examples"] as const;

/** See {@link TIERS}. */
export type Tier = (typeof TIERS)[number];

/** One call of the entry point and the value it must return; values as exact-json.ts has them. */
export interface CallTest {
  /** The arguments, in order. */
  readonly input: readonly JsonValue[];
  readonly expected: JsonValue;
}

/** One run of a whole program: what it reads, and what it must print. */
export interface ProgramTest {
  readonly stdin: string;
  readonly stdout: string;
}

/** Statements of the problem's language that raise unless the program is right, such as Python's `assert f(2) == 4`. */
export interface AssertionTest {
  readonly assertion: string;
  /** Statements to run after the program and before the assertion: imports, or objects it needs. */
  readonly setup?: string;
}

/** One test of a program. */
export type TestCase = CallTest | ProgramTest | AssertionTest;

/** See {@link CallTest}. */
export function isCallTest(test: TestCase): test is CallTest {
  return "input" in test;
}

/** See {@link ProgramTest}. */
export function isProgramTest(test: TestCase): test is ProgramTest {
  return "stdin" in test;
}

/** See {@link AssertionTest}. */
export function isAssertionTest(test: TestCase): test is AssertionTest {
  return "assertion" in test;
}

/**
 * Where a test comes from decides who may see it (the leak guard): `visible` tests stand in the
 * statement, `generated` ones were written by the test-case generator, `hidden` ones decide the reported score only.
 */
export type TestKind = "visible" | "generated" | "hidden";

/** What a model and a search may know of a task. It has no field for hidden tests, so that none can leak. */
export interface Problem {
  readonly id: string;
  readonly title: string;
  /** English; what to compute. Examples are {@link visibleTests}; an imported statement may repeat them. */
  readonly statement: string;
  readonly language: Language;
  /** The name of the function that tests call; null for a whole program that reads stdin and writes stdout. */
  readonly entryPoint: string | null;
  readonly visibleTests: readonly TestCase[];
  readonly tier?: Tier;
  /** Code that the statement gives to begin with: a signature, a class to fill in. Shown to the model. */
  readonly starterCode?: string;
  /** Code that runs before every program, such as the imports and helpers of a HumanEval prompt. Shown to the model. */
  readonly preamble?: string;
  /** Wall milliseconds for one test, when the problem's own differ from the sandbox's default. */
  readonly timeLimitMs?: number;
  /** Where the problem comes from and its licence, for people. */
  readonly attribution?: string;
}

/** A problem whose tests are all calls of a function: what list puzzles are. */
export interface CallProblem extends Problem {
  readonly entryPoint: string;
  readonly visibleTests: readonly CallTest[];
}

/** A problem together with the tests that decide its score. Kept apart from the search until it has ended. */
export interface ScoredProblem {
  readonly problem: Problem;
  readonly hiddenTests: readonly TestCase[];
}
