import type { TestCase, TestKind } from "../../core/problem";
import { renderInput } from "../../core/test-text";
import type { RunState } from "../../core/tree";
import type { TestVerdict } from "../../core/verdict";

function testsOf(state: RunState, kind: TestKind): readonly TestCase[] {
  if (kind === "visible") return state.problem?.visibleTests ?? [];
  return kind === "generated" ? state.generatedTests : (state.hidden?.tests ?? []);
}

/** The arguments of a test as text; null for a hidden test of a run that has not been scored. */
export function testInput(state: RunState, { kind, index }: Pick<TestVerdict, "kind" | "index">): string | null {
  const test = testsOf(state, kind)[index];
  return test === undefined ? null : renderInput(test);
}
