import type { CurvePoint } from "../../experiment/compare/curve";

/** How far to the left a chart goes: to this share of its right end. */
const LEFT_END = 1 / 64;

/** Where an amount lies from left to right, in [0, 1], on a logarithmic scale that ends at `most`; what is less than the left end lies there. */
export function placeOf(at: number, most: number): number {
  if (most <= 0 || at <= most * LEFT_END) return 0;
  return Math.min(1, 1 - Math.log(at / most) / Math.log(LEFT_END));
}

/** Amounts to mark on the scale, from its left end to its right. */
export function ticks(most: number): readonly number[] {
  return [1 / 64, 1 / 16, 1 / 4, 1].map((share) => share * most);
}

const round = (share: number) => Number((100 * share).toFixed(3));

/** The corners of a line that stands at each point until the next, from its first point to the right end. Percent, 0 being at the top. */
function corners(
  points: readonly CurvePoint[],
  most: number,
  height: (point: CurvePoint) => number,
): readonly (readonly [x: number, y: number])[] {
  return points.flatMap((point, i) => {
    const next = points[i + 1];
    const y = round(1 - height(point));
    const from = placeOf(point.at, most);
    const to = next === undefined ? 1 : placeOf(next.at, most);
    return from === to && i < points.length - 1 ? [] : [[round(from), y] as const, [round(to), y] as const];
  });
}

const path = (all: readonly (readonly [number, number])[]) =>
  all.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join("");

/** A curve as an SVG path in a square of 100. */
export function curvePath(points: readonly CurvePoint[], most: number): string {
  return path(corners(points, most, ({ solved }) => solved.value));
}

/** The area between the ends of the 95 % intervals, likewise. */
export function bandPath(points: readonly CurvePoint[], most: number): string {
  const low = corners(points, most, ({ solved }) => solved.ci95[0]);
  const high = corners(points, most, ({ solved }) => solved.ci95[1]);
  return low.length === 0 ? "" : `${path([...high, ...low.toReversed()])}Z`;
}
