/**
 * After a search there may be several programs that its tests cannot tell apart. Here they are told apart by what the search did not
 * ask: the step scorer, or new tests from the test-case generator. Nothing of it sees a hidden test.
 */
import type { SearchConfig } from "../config";
import type { Finalist, SecondLook } from "../run/events";
import { nodeAt, type RunState } from "../run/tree";
import type { TestVerdict } from "../verdict";
import { bestAnswer, type Contender, contenders, returned } from "./answer";
import { agreementScores } from "./formulas";
import { generatedPasses, passesGiven } from "./reward";
import { STRATEGIES } from "./strategies/registry";

/** Finalists at most: the others are worth less by every other measure. */
const MOST_FINALISTS = 16;

/** The rule by which the answer is chosen anew after the search; null where it stays as it is. Only what answers by tests does so. */
export function secondLook({ strategy, answer }: Pick<SearchConfig, "strategy" | "answer">): SecondLook | null {
  return answer !== "tests" && STRATEGIES[strategy].answer === bestAnswer ? answer : null;
}

/**
 * The programs to choose from, the search's own choice first: those of its highest reward for the step scorer, those that pass all given
 * tests for new tests (a program that fails a right test is wrong, whatever else it does). None when there is nothing to choose.
 */
export function finalistsOf(run: RunState, by: SecondLook): readonly Contender[] {
  const all = contenders(run);
  const rewardOf = ({ nodeId }: Contender) => nodeAt(run, nodeId).reward?.reward ?? 0;
  const most = all.reduce((best, contender) => Math.max(best, rewardOf(contender)), 0);
  const isFinalist = (contender: Contender) =>
    by === "scorer" ? rewardOf(contender) === most : passesGiven(nodeAt(run, contender.nodeId).verdicts ?? []);
  const finalists = all.filter(isFinalist).slice(0, MOST_FINALISTS);
  return finalists.length > 1 ? finalists : [];
}

/** A finalist, with its verdicts on tests that were written for it. */
export interface Tried extends Contender {
  /** On all of them, in order. */
  readonly verdicts: readonly TestVerdict[];
}

/** The tests on which not all do the same, by their place. */
function differingTests(tried: readonly Tried[]): readonly number[] {
  const [first] = tried;
  return [...(first?.verdicts.keys() ?? [])].filter((test) => {
    const results = new Set(tried.map(({ verdicts }) => (verdicts[test] ? returned(verdicts[test]) : null)));
    return results.size > 1;
  });
}

/**
 * What new tests say for each finalist: of those on which finalists differ, how many it passes (S*: the others say nothing, and only
 * there is the generator's output asked for its opinion), or its dual execution agreement (CodeT).
 */
export function supportOf(tried: readonly Tried[], by: "differing" | "agreement"): readonly number[] {
  if (by === "agreement") {
    return agreementScores(tried.map(({ verdicts, draws }) => ({ passes: generatedPasses(verdicts), draws })));
  }
  const differing = differingTests(tried);
  return tried.map(({ verdicts }) => differing.filter((test) => verdicts[test]?.verdict === "passed").length);
}

/** The finalists, those first that more speaks for; among equals in the order they came in. */
export function rankFinalists(tried: readonly Tried[], support: readonly number[]): readonly Finalist[] {
  return tried
    .map(({ nodeId, code, verdicts }, index) => ({ nodeId, code, verdicts, support: support[index] ?? 0 }))
    .sort((a, b) => b.support - a.support);
}
