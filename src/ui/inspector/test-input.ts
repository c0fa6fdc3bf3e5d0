import { renderValue } from "../../core/prompt";
import type { RunState } from "../../core/tree";
import type { TestVerdict } from "../../core/verdict";

/** The arguments of a test as text; null for hidden tests, whose inputs are no part of a run. */
export function testInput(state: RunState, { kind, index }: Pick<TestVerdict, "kind" | "index">): string | null {
  if (kind === "hidden") return null;
  const tests = kind === "visible" ? (state.problem?.visibleTests ?? []) : state.generatedTests;
  return tests[index]?.input.map(renderValue).join(", ") ?? null;
}
