import type { Problem } from "../core/problem";

/** A small problem, doubling the numbers of a list in JavaScript; a test says what else it is about. */
export function problemOf(change: Partial<Problem> = {}): Problem {
  return {
    id: "p",
    title: "P",
    statement: "Double each number.",
    language: "javascript",
    entryPoint: "solve",
    visibleTests: [{ input: [[1, 2]], expected: [2, 4] }],
    ...change,
  };
}
