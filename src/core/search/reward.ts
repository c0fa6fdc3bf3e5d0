import type { Reward } from "../run/events";
import type { TestVerdict } from "../verdict";

function passShare(verdicts: readonly TestVerdict[]): number {
  if (verdicts.length === 0) return 0;
  return verdicts.filter(({ verdict }) => verdict === "passed").length / verdicts.length;
}

/**
 * The verdicts the reward is made of. Given tests (visible ones, and in data synthesis the training problem's own) are right;
 * generated ones may be wrong, so they count only when there are no others.
 */
function decisive(verdicts: readonly TestVerdict[]): readonly TestVerdict[] {
  const given = verdicts.filter(({ kind }) => kind !== "generated");
  return given.length > 0 ? given : verdicts;
}

/** Whether a program passes all given tests, of which there is at least one; generated ones are not asked. */
export function passesGiven(verdicts: readonly TestVerdict[]): boolean {
  const given = verdicts.filter(({ kind }) => kind !== "generated");
  return given.length > 0 && given.every(({ verdict }) => verdict === "passed");
}

/** Whether each generated test passed, in order. */
export function generatedPasses(verdicts: readonly TestVerdict[]): readonly boolean[] {
  return verdicts.filter(({ kind }) => kind === "generated").map(({ verdict }) => verdict === "passed");
}

/** The share of generated tests that passed, in [0, 1]; 0 when there are none. It breaks ties between answers. */
export function generatedPassShare(verdicts: readonly TestVerdict[]): number {
  return passShare(verdicts.filter(({ kind }) => kind === "generated"));
}

/**
 * The terminal reward v = a * compile + (1 - a) * pass (O1-CODER, section 3.2.2), from the verdicts on the tests the search
 * may use. `compileWeight` is a, in [0, 1]. Without any test, pass is 0: nothing was shown.
 */
export function rewardOf(verdicts: readonly TestVerdict[], compileWeight: number): Required<Reward> {
  const broken = verdicts.some(({ verdict }) => verdict === "syntax-error" || verdict === "missing-entry-point");
  const compile = verdicts.length > 0 && !broken ? 1 : 0;
  const pass = passShare(decisive(verdicts));
  return { reward: compileWeight * compile + (1 - compileWeight) * pass, compile, pass };
}
