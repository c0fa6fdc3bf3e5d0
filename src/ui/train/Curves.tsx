import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import type { CurvePoint, KeptTraining } from "../../ports/training-archive";
import { type Curve, drawCurves } from "../../viz/curves";
import classes from "./Curves.module.css";
import { formatLoss, lossUnit, metricWords } from "./train-words";

const LOSS_HEIGHT = 190;
const METRIC_HEIGHT = 96;
/** Of a figure of the objective, and between two. */
const LEAST_WIDTH = 210;
const GAP = 16;

/** A training that is drawn, in a colour of its own. */
export interface DrawnTraining {
  readonly name: string;
  readonly color: string;
  readonly training: Pick<KeptTraining, "curve" | "totalTokens" | "job">;
}

/** The loss of a training, and the objective's own figures. */
export function Curves({ training }: { readonly training: KeptTraining }) {
  return <CurveSet drawn={[{ name: "", color: "var(--accent)", training }]} />;
}

/** The curves of one training, or of several over one another. */
export function CurveSet({ drawn }: { readonly drawn: readonly DrawnTraining[] }) {
  const { ref, width } = useElementSize();
  const objective = drawn[0]?.training.job.objective.name ?? "";
  const words = (metric: string) => metricWords(metric, objective);
  const until = Math.max(0, ...drawn.map(({ training }) => training.totalTokens ?? 0));
  const names = [...new Set(drawn.flatMap(({ training: { curve = [] } }) => curve.flatMap(metricsOf)))];
  const figures = names.map((metric) => ({
    metric,
    curves: drawn.flatMap((each) =>
      bothOf(
        each,
        ({ metrics }) => metrics[metric],
        ({ held }) => held?.[metric],
      ),
    ),
  }));
  const columns = Math.max(1, Math.min(names.length, Math.floor(width / LEAST_WIDTH)));
  const losses = drawn.flatMap((each) =>
    bothOf(
      each,
      ({ loss }) => loss,
      ({ evaluation }) => evaluation ?? undefined,
    ),
  );
  return (
    <div ref={ref} className={classes.curves}>
      <figure>
        <figcaption className={classes.caption}>
          <span title={words("loss").hint}>Loss, {lossUnit(objective)}</span>
          {drawn.map(({ name, color }) => (
            <span key={name} className={classes.legend}>
              <i style={{ background: color }} /> {name === "" ? "in training" : name}
              {name === "" && (
                <>
                  <i style={{ background: heldOut(color) }} data-dot="true" /> held out
                </>
              )}
            </span>
          ))}
        </figcaption>
        <Chart curves={losses} width={width} height={LOSS_HEIGHT} until={until} what="Loss" />
      </figure>
      <div className={classes.metrics} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {figures.map(({ metric, curves }) => (
          <figure key={metric}>
            <figcaption className={classes.caption}>
              <span title={words(metric).hint}>{words(metric).name}</span>
            </figcaption>
            <Chart
              curves={curves}
              width={(width - GAP * (columns - 1)) / columns}
              height={METRIC_HEIGHT}
              until={until}
              what={words(metric).name}
            />
          </figure>
        ))}
      </div>
      {names.length > 0 && (
        <details className={classes.meanings}>
          <summary>What the figures mean</summary>
          <dl>
            {["loss", ...names].map((metric) => (
              <div key={metric}>
                <dt>{words(metric).name}</dt>
                <dd>{words(metric).hint}</dd>
              </div>
            ))}
            <div>
              <dt>across</dt>
              <dd>Tokens read so far; held out is what the model never learns from.</dd>
            </div>
          </dl>
        </details>
      )}
    </div>
  );
}

const heldOut = (color: string) => (color === "var(--accent)" ? "var(--good)" : color);

/** The names of the objective's figures at a point. */
function metricsOf({ metrics, held }: CurvePoint): readonly string[] {
  return [...Object.keys(metrics), ...Object.keys(held ?? {})];
}

type Figure = (point: CurvePoint) => number | undefined;

/** A figure in training, and on what is held out. */
function bothOf(
  { name, color, training: { curve = [] } }: DrawnTraining,
  training: Figure,
  held: Figure,
): readonly Curve[] {
  const pointsOf = (figure: Figure) => curve.map((point) => ({ x: point.tokens, y: figure(point) ?? Number.NaN }));
  return [
    { label: `${name} in training`, color, points: pointsOf(training) },
    { label: `${name} held out`, color: heldOut(color), points: pointsOf(held), isSparse: true },
  ];
}

interface ChartProps {
  readonly curves: readonly Curve[];
  /** Pixels; 0 before it is known. */
  readonly width: number;
  readonly height: number;
  readonly until: number;
  readonly what: string;
}

function Chart({ curves, width, height, until, what }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (width < 1) return;
    const label = summary(what, curves);
    place.current?.replaceChildren(drawCurves(curves, { width, height, until, label }));
  }, [curves, width, height, until, what]);
  return <div ref={place} className={`${classes.chart} numbers`} style={{ height }} />;
}

/** What a chart shows, in a sentence. */
function summary(what: string, curves: readonly Curve[]): string {
  const ends = curves.flatMap(({ label, points }) => {
    const drawn = points.filter(({ y }) => Number.isFinite(y));
    const [first, last] = [drawn[0], drawn.at(-1)];
    return first && last ? `${label.trim()} from ${formatLoss(first.y)} to ${formatLoss(last.y)}` : [];
  });
  return `${what} over tokens${ends.length === 0 ? "" : `: ${ends.join(", ")}`}`;
}
