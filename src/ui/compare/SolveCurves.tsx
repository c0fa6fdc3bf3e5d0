import { useState } from "react";
import type { SolveCurve } from "../../experiment/compare/curve";
import { COMPARISON_STRATEGY_TITLES } from "../../experiment/compare/spec";
import type { ComparisonRow, ComparisonTable } from "../../experiment/compare/table";
import type { ShownComparison } from "../../store/compare/state";
import { formatCount } from "../shared/format";
import { modelName, percent, seconds } from "./comparison-words";
import { bandPath, curvePath, placeOf, ticks } from "./curve-shape";
import classes from "./SolveCurves.module.css";

interface SolveCurvesProps {
  readonly shown: ShownComparison;
  readonly table: ComparisonTable;
}

type Axis = keyof SolveCurve;

/** A row whose curve is known. */
type DrawnRow = ComparisonRow & { readonly curve: SolveCurve };

/** Solve rate against what was spent on each problem, a line for each row. Not there where it was not noted, in old comparisons. */
export function SolveCurves({ shown, table }: SolveCurvesProps) {
  const [axis, setAxis] = useState<Axis>("tokens");
  const [picked, setPicked] = useState<string | null>(null);
  const rows = table.rows.filter((row): row is DrawnRow => row.curve !== null);
  if (rows.length === 0 && table.rows.some(({ done }) => done > 0)) return null;
  const { models, budgetTokens } = shown.record.spec;
  const most = axis === "tokens" ? budgetTokens : longest(rows);
  const band = rows.find(({ id }) => id === picked) ?? best(rows, axis);
  const nameOf = ({ model, strategy }: ComparisonRow) => {
    const title = COMPARISON_STRATEGY_TITLES[strategy];
    return models.length > 1 ? `${title}, ${modelName(model)}` : title;
  };
  const label = axis === "tokens" ? "tokens a problem" : "seconds a problem";
  return (
    <figure className={classes.figure}>
      <div className={classes.head}>
        <h3 className={classes.title}>Solved, %</h3>
        <fieldset className={classes.axes} aria-label="Against">
          {(["tokens", "seconds"] as const).map((each) => (
            <button key={each} type="button" aria-pressed={axis === each} onClick={() => setAxis(each)}>
              {each === "tokens" ? "Tokens" : "Seconds"}
            </button>
          ))}
        </fieldset>
      </div>
      <Chart rows={rows} all={table.rows} axis={axis} most={most} band={band} label={summary(rows, axis, nameOf)} />
      <ol className={`${classes.ticks} numbers`} aria-hidden="true">
        {ticks(most).map((at) => (
          <li key={at} style={{ left: `${100 * placeOf(at, most)}%` }}>
            {axis === "tokens" ? formatCount(Math.round(at)) : seconds(at)}
          </li>
        ))}
      </ol>
      <ul className={classes.legend}>
        {table.rows.map((row, index) => (
          <li key={row.id}>
            <button
              type="button"
              aria-pressed={row.id === band?.id}
              disabled={row.curve === null}
              onClick={() => setPicked(row.id)}
            >
              <span className={classes.swatch} data-line={index % LINES} data-again={index >= LINES} />
              {nameOf(row)}
            </button>
          </li>
        ))}
      </ul>
      <figcaption className={classes.caption}>
        Had each run's budget ended there, in {label}.
        {band !== undefined && ` Band: the 95 % interval of ${nameOf(band)}.`}
      </figcaption>
    </figure>
  );
}

/** Colours there are for lines; more lines take them again, dashed. */
const LINES = 8;

interface ChartProps {
  readonly rows: readonly DrawnRow[];
  /** Those without a curve too: a row keeps its colour. */
  readonly all: readonly ComparisonRow[];
  readonly axis: Axis;
  readonly most: number;
  readonly band: DrawnRow | undefined;
  readonly label: string;
}

/** Stretched to its place; labels lie outside, so that they are not. */
function Chart({ rows, all, axis, most, band, label }: ChartProps) {
  const indexOf = ({ id }: ComparisonRow) => all.findIndex((row) => row.id === id);
  return (
    <div className={classes.plot}>
      {[100, 50, 0].map((value) => (
        <span key={value} className={`${classes.level} numbers`} style={{ top: `${100 - value}%` }} aria-hidden="true">
          {value}
        </span>
      ))}
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={label}>
        {[0, 50, 100].map((y) => (
          <line key={y} className={classes.grid} x1={0} x2={100} y1={y} y2={y} />
        ))}
        {band !== undefined && (
          <path className={classes.band} data-line={indexOf(band) % LINES} d={bandPath(band.curve[axis], most)} />
        )}
        {rows.map((row) => (
          <path
            key={row.id}
            className={classes.line}
            data-line={indexOf(row) % LINES}
            data-again={indexOf(row) >= LINES}
            data-picked={row.id === band?.id}
            d={curvePath(row.curve[axis], most)}
          />
        ))}
      </svg>
    </div>
  );
}

/** The seconds at which the last of all problems was solved; 1 before any is. */
function longest(rows: readonly DrawnRow[]): number {
  return Math.max(...rows.map(({ curve }) => curve.seconds.at(-1)?.at ?? 0), 0) || 1;
}

const last = (row: DrawnRow, axis: Axis) => row.curve[axis].at(-1)?.solved.value ?? 0;

/** The row that solves the most, the last of equals. */
function best(rows: readonly DrawnRow[], axis: Axis): DrawnRow | undefined {
  return rows.reduce<DrawnRow | undefined>(
    (most, row) => (most === undefined || last(row, axis) >= last(most, axis) ? row : most),
    undefined,
  );
}

function summary(rows: readonly DrawnRow[], axis: Axis, nameOf: (row: ComparisonRow) => string): string {
  const ends = rows.map((row) => `${nameOf(row)} ${percent(last(row, axis))} %`);
  return `Solved against ${axis}; at the end: ${ends.join(", ")}`;
}
