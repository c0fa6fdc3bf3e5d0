import type { JsonValue, Problem, TestCase } from "../core/problem";

function kindOf(value: JsonValue): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Whether a test has the shape of the visible ones: as many arguments, each of a kind seen there, and such a result. Without any, all have. */
function hasShape(test: TestCase, visible: readonly TestCase[]): boolean {
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

/**
 * The generated tests a run keeps: those with the shape of the visible tests, whose input is new. Whether they are right
 * nobody knows here.
 */
export function usableTests(problem: Problem, generated: readonly TestCase[]): readonly TestCase[] {
  const seen = new Set(problem.visibleTests.map(({ input }) => JSON.stringify(input)));
  return generated.filter((test) => {
    const key = JSON.stringify(test.input);
    if (seen.has(key) || !hasShape(test, problem.visibleTests)) return false;
    seen.add(key);
    return true;
  });
}
