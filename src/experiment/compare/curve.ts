import { type Proportion, passAt1 } from "../../core/stats";
import type { ComparisonOutcome } from "./cells";

/** How many problems would have been solved, had every run's budget ended here. */
export interface CurvePoint {
  /** Sampled tokens, or seconds, spent on each problem; at least 0. */
  readonly at: number;
  readonly solved: Proportion;
}

/** Solve rate against what was spent on each problem. Steps: a point stands until the next. */
export interface SolveCurve {
  readonly tokens: readonly CurvePoint[];
  /** Of the model's and the sandbox's time, when problems went on side by side: each has its part. */
  readonly seconds: readonly CurvePoint[];
}

/**
 * What the problems of a cell, each listed once, would have been answered with at any time: before the first program that passed
 * the given tests with nothing right, from then on with that program, and at the end of the run with its answer. Null when there are
 * none, or when it was not noted for all of them (comparisons made before).
 */
export function solveCurve(outcomes: readonly ComparisonOutcome[]): SolveCurve | null {
  if (outcomes.length === 0 || outcomes.some(({ firstPass }) => firstPass === undefined)) return null;
  const wall = outcomes.reduce((sum, { wallMs }) => sum + wallMs, 0);
  const elapsed = outcomes.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const secondsOf = (ms: number) => (wall === 0 ? 0 : (ms * elapsed) / wall / 1000);
  return {
    tokens: steps(outcomes, (outcome) => [outcome.firstPass?.tokens ?? 0, outcome.tokens]),
    seconds: steps(outcomes, ({ firstPass, wallMs }) => [secondsOf(firstPass?.ms ?? 0), secondsOf(wallMs)]),
  };
}

/** The curve whose passes and ends lie where `times` says. */
function steps(
  outcomes: readonly ComparisonOutcome[],
  times: (outcome: ComparisonOutcome) => readonly [pass: number, end: number],
): readonly CurvePoint[] {
  const changes = outcomes.flatMap((outcome): readonly (readonly [at: number, by: number])[] => {
    const [pass, end] = times(outcome);
    const atPass = outcome.firstPass?.solved === true ? 1 : 0;
    const atEnd = outcome.solved ? 1 : 0;
    return [
      [pass, atPass],
      [Math.max(pass, end), atEnd - atPass],
    ];
  });
  const points: CurvePoint[] = [{ at: 0, solved: share(0, outcomes.length) }];
  let solved = 0;
  for (const [at, by] of changes.filter(([, change]) => change !== 0).sort(([a], [b]) => a - b)) {
    solved += by;
    if (points.at(-1)?.at === at) points.pop();
    points.push({ at, solved: share(solved, outcomes.length) });
  }
  return points;
}

function share(solved: number, all: number): Proportion {
  return passAt1(Array.from({ length: all }, (_, i) => i < solved));
}
