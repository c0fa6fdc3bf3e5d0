/** Line charts as SVG text: small, readable on light and on dark, the same bytes for the same figures. */
import { scaleLinear, scaleLog } from "d3";

/** A point with its interval, where it has one. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** Lines of one name have one colour in all panels. */
export interface Line {
  readonly name: string;
  /** From left to right. */
  readonly points: readonly Point[];
}

/** What stands beside its like. */
export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** A figure. */
export interface Chart {
  /** For who cannot see it. */
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly xLabel: string;
  /** Powers of two from left to right (`log`), or evenly. */
  readonly x: "log" | "linear";
  /** Shares from 0 to 100 %, or whatever range the values have, panel by panel. */
  readonly y: "percent" | "values";
  /** A point stands until the next. */
  readonly isStepped?: boolean;
}

const [WIDTH, HEIGHT] = [300, 180];
const MARGIN = { top: 26, right: 12, bottom: 24, left: 44 };
const COLUMNS = 2;
const LEGEND_ROW = 18;
const MOST_LETTERS = 44;

/** How far to the left a logarithmic chart goes: to this share of its right end. */
const LEFT_END = 1 / 64;

/** Lines of so few points have them marked. */
const MOST_DOTS = 12;

/** Okabe and Ito's colours, which the colour-blind can tell apart, without black and yellow. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#8c6bb1", "#7f7f7f"];

const STYLE = [
  "text{font:11px system-ui,sans-serif;fill:#444}",
  ".title{font-weight:600}",
  ".grid{stroke:#888;stroke-opacity:.25}",
  ".line{fill:none;stroke-width:1.75;stroke-linejoin:round}",
  ".band{fill-opacity:.14}",
  "@media(prefers-color-scheme:dark){text{fill:#ccc}}",
].join("");

/** The chart as SVG. Values that are no numbers are left out; a panel without any is drawn empty. */
export function lineChart(chart: Chart): string {
  const names = [...new Set(chart.panels.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const colourOf = (name: string) => COLOURS[names.indexOf(name) % COLOURS.length] ?? "";
  const columns = Math.min(COLUMNS, Math.max(1, chart.panels.length));
  const rows = Math.ceil(chart.panels.length / columns);
  const [width, plots] = [columns * WIDTH, rows * HEIGHT + 14];
  const height = plots + names.length * LEGEND_ROW + 8;
  const panels = chart.panels.map((panel, i) => {
    const at = `translate(${(i % columns) * WIDTH},${Math.floor(i / columns) * HEIGHT})`;
    return `<g transform="${at}">${drawPanel(chart, panel, colourOf)}</g>`;
  });
  const label = text(width / 2, rows * HEIGHT + 8, chart.xLabel, 'text-anchor="middle"');
  const legend = names.map((name, i) => {
    const y = plots + (i + 0.7) * LEGEND_ROW;
    const mark = `<path class="line" stroke="${colourOf(name)}" d="M${MARGIN.left} ${y - 4}h18"/>`;
    return mark + text(MARGIN.left + 24, y, shortened(name));
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(chart.title)}</title><style>${STYLE}</style>`,
    ...panels,
    label,
    ...legend,
    "</svg>\n",
  ].join("\n");
}

function drawPanel(chart: Chart, { title, lines }: Panel, colourOf: (name: string) => string): string {
  const known = lines.map((line) => ({ ...line, points: line.points.filter(isDrawable) }));
  const points = known.flatMap((line) => line.points);
  const [left, right] = [MARGIN.left, WIDTH - MARGIN.right];
  const [top, bottom] = [MARGIN.top, HEIGHT - MARGIN.bottom];
  const x = horizontal(chart, points, left, right);
  const heights = points.flatMap(({ y: own, low = own, high = own }) => [own, low, high]);
  const y = scaleLinear(chart.y === "percent" ? [0, 1] : extentOf(heights), [bottom, top]);
  if (chart.y === "values") y.nice(4);
  const format = chart.y === "percent" ? (value: number) => `${Math.round(100 * value)} %` : shortNumber;
  const place = (to: number) => Math.round(10 * to) / 10;
  const grid = y.ticks(4).map((value) => {
    const at = place(y(value));
    const line = `<path class="grid" d="M${left} ${at}H${right}"/>`;
    return line + text(left - 6, at + 4, format(value), 'text-anchor="end"');
  });
  const marks = x.marks.map((value) =>
    text(place(x.scale(value)), bottom + 16, shortNumber(value), 'text-anchor="middle"'),
  );
  const drawn = known.map(({ name, points: own }) => {
    const path = (height: (point: Point) => number) =>
      corners(own, (point) => [place(x.scale(point.x)), place(y(height(point)))], chart.isStepped ? right : null);
    const band = own.every(({ low, high }) => low !== undefined && high !== undefined) && own.length > 1;
    const [high, low] = [path((point) => point.high ?? point.y), path((point) => point.low ?? point.y)];
    const area = `<path class="band" fill="${colourOf(name)}" d="${joined([...high, ...low.toReversed()])}Z"/>`;
    const dots = own.map((point) => `<circle cx="${place(x.scale(point.x))}" cy="${place(y(point.y))}" r="2.2"/>`);
    const marked = chart.isStepped || own.length > MOST_DOTS ? "" : `<g fill="${colourOf(name)}">${dots.join("")}</g>`;
    const line = `<path class="line" stroke="${colourOf(name)}" d="${joined(path((point) => point.y))}"/>`;
    return `${band ? area : ""}${line}${marked}`;
  });
  return [text(left, 14, title, 'class="title"'), ...grid, ...marks, ...drawn].join("");
}

const isDrawable = ({ x, y }: Point) => Number.isFinite(x) && Number.isFinite(y);

function extentOf(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? [least - 0.5, most + 0.5] : [least, most];
}

function horizontal({ x }: Chart, points: readonly Point[], left: number, right: number) {
  const [from, to] = extentOf(points.map((point) => point.x));
  if (x === "linear") {
    const scale = scaleLinear([from, to], [left, right]);
    return { scale: (at: number) => scale(at), marks: scale.ticks(4) };
  }
  const least = Math.max(from, to * LEFT_END);
  const scale = scaleLog([least, Math.max(to, 2 * least)], [left, right]);
  const powers: number[] = [];
  for (let power = 2 ** Math.ceil(Math.log2(least)); power <= to; power *= 2) powers.push(power);
  // What was spent before the left end, nothing for one, stands there.
  return { scale: (at: number) => scale(Math.max(at, least)), marks: powers };
}

/** @param stepsTo where steps end; null for a line from point to point. */
function corners(
  points: readonly Point[],
  place: (point: Point) => readonly [number, number],
  stepsTo: number | null,
): readonly (readonly [number, number])[] {
  const placed = points.map(place);
  if (stepsTo === null) return placed;
  return placed.flatMap(([x, y], i) => [[x, y] as const, [placed[i + 1]?.[0] ?? stepsTo, y] as const]);
}

const joined = (all: readonly (readonly [number, number])[]) =>
  all.map(([x, y], i) => `${i ? "L" : "M"}${x} ${y}`).join("");

function text(x: number, y: number, content: string, more = ""): string {
  return `<text x="${x}" y="${Math.round(10 * y) / 10}"${more && ` ${more}`}>${escaped(content)}</text>`;
}

/** `0.25`, `64`, `1.5k`, `12M`. */
function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size < 0.1) return String(Number(value.toPrecision(2)));
  return size >= 1000 ? `${Number((value / 1000).toPrecision(3))}k` : String(Number(value.toPrecision(3)));
}

const shortened = (name: string) => (name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name);

const escaped = (content: string) =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
