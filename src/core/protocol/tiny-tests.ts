/**
 * How the tiny model's test-case generator writes: a plan (the operations it believes a problem to be made of), an input, and
 * a plan executed on an input, one operation a line. Readers are total: what is malformed is undefined.
 */
import type { JsonValue, Problem } from "../problem";
import { MARKERS, renderProblem, renderValue } from "./tiny";

/** Operations in their order, each by its wording in pseudocode. */
export function renderPlan(wordings: readonly string[]): string {
  return wordings.map((wording, index) => `${index + 1}. ${wording}`).join("\n");
}

/** Asks which operations a problem is made of; the completion is a plan and `<end>`. */
export function planPrompt(problem: Problem): string {
  return renderProblem(problem) + MARKERS.tests + MARKERS.define;
}

/** Asks for an input for a problem that has this plan; the completion is `[4, 7]<end>`. */
export function plannedInputPrompt(problem: Problem, plan: string): string {
  return planPrompt(problem) + plan + MARKERS.end + MARKERS.input;
}

/**
 * Has a plan executed on an input. It shows no problem, so that what comes out is not copied from an example; the completion is
 * `<refine>1. keep the even ones: [4, 7] -> [4]<end>...<output>[4]<end><eos>`.
 */
export function planExecutionPrompt(plan: string, input: JsonValue): string {
  return `${MARKERS.execute}${MARKERS.define}${plan}${MARKERS.end}${MARKERS.input}${renderValue(input)}${MARKERS.end}`;
}

/** Characters of the longest plan that is worth a look; the longest true ones have about 150. */
const MAX_PLAN = 400;

/** One numbered operation; no marker, which begins with `<`. */
const PLAN_LINE = /^(\d{1,2})\. [^<>\n]+$/;

/** The answer to {@link planPrompt}: lines numbered from 1 and an `<end>`. */
export function readPlan(text: string): string | undefined {
  const end = text.slice(0, MAX_PLAN).indexOf(MARKERS.end);
  if (end < 0) return undefined;
  const plan = text.slice(0, end);
  const isNumbered = plan.split("\n").every((line, index) => PLAN_LINE.exec(line)?.[1] === String(index + 1));
  return isNumbered ? plan : undefined;
}
