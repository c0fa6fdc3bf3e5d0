import { isAssertionTest, isCallTest, isProgramTest, type Problem, type TestCase } from "../../problem";
import { maskArtefacts, unmasked } from "./artefacts";
import { callIn, callTestsIn, type ReadCall } from "./call-tests";
import { programTestsIn } from "./program-tests";

/** A program's own input and output may differ in blanks at line ends only. */
const withoutBlanks = (text: string) => text.replace(/[ \t]+$/gm, "").trim();

function readVisible(test: TestCase, problem: Problem): Omit<ReadCall, "test"> | undefined {
  if (isAssertionTest(test)) return callIn(test.assertion, problem);
  if (isProgramTest(test)) return { inputKey: withoutBlanks(test.stdin), arity: 1 };
  return { inputKey: JSON.stringify(test.input), arity: test.input.length };
}

/** All well-formed tests of one answer, as often as they stand there. */
function readAnswer(text: string, problem: Problem): readonly ReadCall[] {
  const answer = unmasked(maskArtefacts(text).text);
  if (problem.entryPoint !== null) return callTestsIn(answer, problem);
  return programTestsIn(answer).map((test) => ({ test, inputKey: withoutBlanks(test.stdin), arity: 1 }));
}

function expectationKey(test: TestCase): string {
  if (isCallTest(test)) return JSON.stringify(test.expected);
  return isAssertionTest(test) ? test.assertion : withoutBlanks(test.stdout);
}

/** Of several results for one input the commonest (self-consistency, Wang et al. 2023); among equals the first. */
function commonest(reads: readonly ReadCall[]): ReadCall | undefined {
  const votes = new Map<string, number>();
  for (const { test } of reads) votes.set(expectationKey(test), (votes.get(expectationKey(test)) ?? 0) + 1);
  const most = Math.max(...votes.values());
  return reads.find(({ test }) => votes.get(expectationKey(test)) === most);
}

/**
 * The tests in a model's answers, at most `limit`: well-formed, with as many arguments as the visible tests have, no two with the same
 * input, none with a visible test's. Never throws.
 */
export function readTests(answers: readonly string[], problem: Problem, limit: number): readonly TestCase[] {
  const visible = problem.visibleTests.flatMap((test) => readVisible(test, problem) ?? []);
  const arities = new Set(visible.map(({ arity }) => arity));
  const known = new Set(visible.map(({ inputKey }) => inputKey));
  const byInput = new Map<string, ReadCall[]>();
  for (const read of answers.flatMap((answer) => readAnswer(answer, problem))) {
    if (known.has(read.inputKey) || (arities.size > 0 && !arities.has(read.arity))) continue;
    const same = byInput.get(read.inputKey) ?? [];
    byInput.set(read.inputKey, [...same, read]);
  }
  return [...byInput.values()].slice(0, limit).flatMap((reads) => commonest(reads)?.test ?? []);
}
