import * as Plot from "@observablehq/plot";

/** One line of a chart. */
export interface Curve {
  readonly label: string;
  /** A CSS colour. */
  readonly color: string;
  /** Points from left to right; y is in the chart's own unit. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Measured now and then: its points are marked. */
  readonly isSparse?: boolean;
}

/** How a chart is drawn. */
export interface ChartShape {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Where the x axis ends; the last point where it is not said. */
  readonly until?: number | undefined;
  /** What it shows, in a sentence: read out. */
  readonly label: string;
}

/** Points that are not numbers are left out: a loss before the first step, for one. */
const isDrawn = ({ y }: { readonly y: number }) => Number.isFinite(y);

/** `20k`, and a plain 0. */
const thousands = (count: number) => (count < 1000 ? String(count) : `${Number((count / 1000).toPrecision(3))}k`);

/** Draws curves over tokens. */
export function drawCurves(curves: readonly Curve[], { width, height, until, label }: ChartShape): Element {
  const marks = curves.flatMap(({ color, points, isSparse = false }): Plot.Markish[] => {
    const drawn = points.filter(isDrawn);
    const line = Plot.lineY(drawn, { x: "x", y: "y", stroke: color, strokeWidth: 1.6, strokeLinejoin: "round" });
    // A single point of a line would not be seen.
    const isMarked = isSparse || drawn.length === 1;
    return isMarked ? [line, Plot.dot(drawn, { x: "x", y: "y", fill: color, r: 2.6 })] : [line];
  });
  const all = curves.flatMap(({ points }) => points.filter(isDrawn));
  const last = Math.max(until ?? 0, ...all.map(({ x }) => x), 1);
  const chart = Plot.plot({
    ...{ width, height, marginLeft: 46, marginRight: 10, marginTop: 8, marginBottom: 22 },
    x: { domain: [0, last], ticks: 4, tickSize: 3, label: null, tickFormat: thousands },
    y: {
      ...{ ticks: Math.max(2, Math.round(height / 50)), tickSize: 0, grid: true, label: null, nice: true },
      tickFormat: (value: number) => String(Number(value.toPrecision(3))),
    },
    marks: all.length > 0 ? marks : [Plot.ruleY([0], { stroke: "none" })],
  });
  // The parts of a picture that is told as a whole have no names.
  for (const part of chart.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", label);
  return chart;
}
