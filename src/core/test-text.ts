import { isAssertionTest, isCallTest, type TestCase } from "./problem";
import { renderValue } from "./prompt";

/** What a test gives to the program, as text: its arguments, its stdin, or the assertion itself. */
export function renderInput(test: TestCase): string {
  if (isCallTest(test)) return test.input.map(renderValue).join(", ");
  return isAssertionTest(test) ? test.assertion : test.stdin;
}

/** What a test expects, as text; null for an assertion, which says it itself. */
export function renderExpected(test: TestCase): string | null {
  if (isCallTest(test)) return renderValue(test.expected);
  return isAssertionTest(test) ? null : test.stdout;
}
