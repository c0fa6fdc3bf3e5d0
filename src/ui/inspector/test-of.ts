import type { TestCase } from "../../core/problem";
import type { RunState } from "../../core/run/tree";
import type { TestVerdict } from "../../core/verdict";

/** The test that a verdict is about; null for a hidden test of a run that has not been scored. */
export function testOf(state: RunState, { kind, index }: Pick<TestVerdict, "kind" | "index">): TestCase | null {
  const { problem, generatedTests, hidden } = state;
  const tests = { visible: problem?.visibleTests, generated: generatedTests, hidden: hidden?.tests }[kind];
  return tests?.[index] ?? null;
}
