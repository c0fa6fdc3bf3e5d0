import {
  type AssertionTest,
  type CallTest,
  isAssertionTest,
  isCallTest,
  isProgramTest,
  type JsonValue,
  type Problem,
  type TestCase,
} from "../../core/problem";

function kindOf(value: JsonValue): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/**
 * Whether a call has the shape of the visible ones: as many arguments, each of a kind seen there, and such a result.
 * Without any, all have.
 */
function hasShape(test: CallTest, visible: readonly CallTest[]): boolean {
  if (visible.length === 0) return true;
  const expectedKinds = visible.map(({ expected }) => kindOf(expected));
  return (
    expectedKinds.includes(kindOf(test.expected)) &&
    visible.some(({ input }) => input.length === test.input.length) &&
    test.input.every((argument, i) =>
      visible.some(({ input }) => i < input.length && kindOf(input[i] ?? null) === kindOf(argument)),
    )
  );
}

/** Whether an assertion is about the problem's function at all. */
function isAbout({ assertion }: AssertionTest, entryPoint: string): boolean {
  return assertion.includes("assert") && assertion.includes(`${entryPoint}(`);
}

/** Whether a test is one that programs for this problem can be run on. */
function fits(test: TestCase, { entryPoint, language, visibleTests }: Problem): boolean {
  if (isProgramTest(test)) return entryPoint === null;
  if (entryPoint === null) return false;
  if (isCallTest(test)) return hasShape(test, visibleTests.filter(isCallTest));
  return language === "python" && isAbout(test, entryPoint);
}

/** What makes two tests the same: their input; of an assertion, its text but for white space. */
function identity(test: TestCase): string {
  if (isAssertionTest(test)) return `assertion ${test.assertion.replace(/\s+/g, "")}`;
  return isCallTest(test) ? `call ${JSON.stringify(test.input)}` : `program ${test.stdin.trim()}`;
}

/**
 * The generated tests a run keeps: those that fit the problem (calls with the shape of the visible ones, assertions
 * about its function, runs of a whole program where one is asked for) and are new. Whether they are right nobody knows
 * here.
 */
export function usableTests(problem: Problem, generated: readonly TestCase[]): readonly TestCase[] {
  const seen = new Set(problem.visibleTests.map(identity));
  return generated.filter((test) => {
    const key = identity(test);
    if (seen.has(key) || !fits(test, problem)) return false;
    seen.add(key);
    return true;
  });
}
