import type { CallTest } from "../../../core/problem";
import type { Verdict } from "../../../core/verdict";
import type { CandidateProgram, RunJob } from "./candidate-program";
import { type CandidateItem, endingVerdict, itemsFor } from "./report-verdict";
import { sameValue } from "./same-value";
import { jsonOf, kindOf, parseTagged, tagged } from "./tagged";

/** Characters of a returned value that a verdict still carries. */
const GOT_LIMIT = 10_000;

/**
 * Judges calls of the entry point: all in one load of the program, in order. Values are compared here, outside its
 * realm.
 */
export async function judgeCalls(
  run: RunJob,
  program: CandidateProgram & { readonly entryPoint: string },
  tests: readonly CallTest[],
): Promise<readonly Verdict[]> {
  const calls = tests.map(({ input }) => ({
    name: program.entryPoint,
    arguments: JSON.stringify([input.map(tagged), { dict: [] }]),
  }));
  const { load, items } = await run({ ...program, work: { kind: "calls", calls } });
  if (load !== null) return tests.map(({ expected }) => ({ ...endingVerdict(load, 0), expected }));
  return itemsFor(tests.length, items).map((item, i) => {
    const test = tests[i] as CallTest;
    return { ...callVerdict(item, test), expected: test.expected };
  });
}

function callVerdict({ report, ms }: CandidateItem, { expected }: CallTest): Verdict {
  if (report.kind !== "value") return endingVerdict(report, ms);
  const value = parseTagged(report.value);
  if (value === undefined) return { verdict: "crashed", message: "The program tampered with its realm.", ms };
  const verdict = sameValue(value, expected) ? "passed" : "failed";
  if (report.value.length > GOT_LIMIT) return { verdict, message: "It returned a very long value.", ms };
  const got = jsonOf(value);
  return got === undefined ? { verdict, message: `It returned ${kindOf(value)}.`, ms } : { verdict, got, ms };
}
