import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import type { TrainingEvaluation, TrainingProgress } from "../src/ports/trainer";

/** Points of the loss curve that a training record keeps. */
const CURVE_POINTS = 200;

/** A point of the loss curve, a line of `curve.jsonl`. */
export interface CurvePoint extends TrainingProgress {
  /** Loss on what is held out, where it was measured, and the objective's figures there. */
  readonly evaluation?: number;
  readonly evaluationMetrics?: TrainingEvaluation["metrics"];
  /** Wall seconds of training, all sittings together. */
  readonly seconds: number;
}

/** The loss curve on disk; points after the checkpoint a run resumes from are dropped. */
export class Curve {
  #points: CurvePoint[];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    this.#points = text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as CurvePoint);
  }

  add(progress: TrainingProgress, seconds: number, evaluation: TrainingEvaluation | null): CurvePoint {
    const kept = this.#points.filter(({ step }) => step < progress.step);
    if (kept.length < this.#points.length) {
      this.#points = kept;
      writeFileSync(this.#path, kept.map((point) => `${JSON.stringify(point)}\n`).join(""));
    }
    const total = (this.#points.at(-1)?.seconds ?? 0) + seconds;
    const held = evaluation && { evaluation: evaluation.loss, evaluationMetrics: evaluation.metrics };
    const point = { ...progress, seconds: total, ...held };
    this.#points.push(point);
    appendFileSync(this.#path, `${JSON.stringify(point)}\n`);
    return point;
  }

  /** Wall seconds of training so far, all sittings together. */
  get seconds(): number {
    return this.#points.at(-1)?.seconds ?? 0;
  }

  /** The curves as a training record has them. */
  figures() {
    const points = this.#points;
    const every = Math.ceil(points.length / CURVE_POINTS);
    return {
      /** [tokens, exponential mean of the training loss] */
      lossCurve: points
        .filter(({ step }, i) => step > 0 && (i % every === 0 || i === points.length - 1))
        .map(({ tokens, loss }) => [tokens, Number(loss.toFixed(4))]),
      /** [tokens, loss on what is held out; a corpus's, on fixed batches of its final curriculum] */
      evaluationCurve: points.flatMap(({ tokens, evaluation }) =>
        evaluation === undefined ? [] : [[tokens, Number(evaluation.toFixed(4))]],
      ),
      /** The objective's figures on what is held out, each as [tokens, value]. */
      metricCurves: metricCurves(points),
    };
  }
}

/** What a point knows of what is held out. */
export function evaluationOf({ evaluation, evaluationMetrics = {} }: CurvePoint): TrainingEvaluation | null {
  return evaluation === undefined ? null : { loss: evaluation, metrics: evaluationMetrics };
}

function metricCurves(points: readonly CurvePoint[]): Readonly<Record<string, readonly (readonly number[])[]>> {
  const names = new Set(points.flatMap(({ evaluationMetrics = {} }) => Object.keys(evaluationMetrics)));
  const curveOf = (name: string) =>
    points.flatMap(({ tokens, evaluationMetrics: { [name]: value } = {} }) =>
      value === undefined ? [] : [[tokens, Number(value.toFixed(4))]],
    );
  return Object.fromEntries([...names].map((name) => [name, curveOf(name)]));
}
