/** What was learnt, from what, and what it is worth by itself: trainings, data sets, test-case generators, and whatever else was measured. */
import { z } from "zod";
import { TIERS } from "../../src/core/problem";
import { datasetsOf } from "../../src/ports/trainer";
import type { ResultFile } from "../result-file";
import type { Panel } from "./chart";
import type { ResultFolder, Training } from "./read";
import { type Block, commands, count, figure, NOTHING, proportion, type Section, share, table, text } from "./section";

/** The figures of generated tests that a report shows, in its order. */
const TEST_FIGURES = {
  agreement: "Agreement",
  precision: "Precision",
  malformed: "Malformed",
  repeated: "Repeated",
  attack: "Attack",
  attackOfRandomInputs: "Attack of random inputs",
  trueAndAttacking: "True and attacking",
} as const;

const evalTestsSchema = z.object({
  method: z.string(),
  tiers: z.partialRecord(z.enum(TIERS), z.record(z.string(), z.unknown())),
});

/** Test-case generators, tier by tier. */
export function testSections(results: readonly ResultFile[]): readonly Section[] {
  const rows = TIERS.flatMap((tier) =>
    results.flatMap((result) => {
      const { tiers, method } = evalTestsSchema.parse(result.report);
      const figures = tiers[tier];
      if (!figures) return [];
      const cells = Object.keys(TEST_FIGURES).map((name) => share(proportion.safeParse(figures[name]).data));
      const { split, n } = result.settings;
      return [[tier, result.name, method, `${n} ${split}, seed ${result.seed}`, ...cells]];
    }),
  );
  if (rows.length === 0) return [];
  return [
    {
      title: "Generated tests",
      blocks: [
        text("In percent, with 95 % intervals over problems."),
        table(["Tier", "Generator", "Method", "Problems", ...Object.values(TEST_FIGURES)], rows),
        commands(results.map(({ command }) => command)),
      ],
    },
  ];
}

/** Whether a report can read a result as one of generated tests. */
export const isEvalTests = ({ kind, report }: ResultFile): boolean =>
  kind === "eval-tests" && evalTestsSchema.safeParse(report).success;

/** Data sets and what they hold. */
export function datasetSections(datasets: ResultFolder["datasets"]): readonly Section[] {
  if (datasets.length === 0) return [];
  const rows = datasets.map(({ id, path, spec, parents, counts }) => [
    path === "." ? id : `${path} (${id})`,
    spec.unverified ? "samples, unverified" : "tree search",
    parents.join(", ") || "tiny",
    ...[counts.problems, counts.solved, counts.paths, counts.nodes, counts.tokens].map(count),
  ]);
  const head = ["Data set", "Made by", "Drawn by", "Problems", "Solved", "Passing paths", "Nodes", "Tokens"];
  return [{ title: "Data sets", blocks: [table(head, rows)] }];
}

/** Trainings: what came of each, and its curves. */
export function trainingSections(trainings: readonly Training[]): readonly Section[] {
  if (trainings.length === 0) return [];
  const rows = trainings.map((training) => {
    const { path, id, kind, objective, parents = [], seed, options = {}, tokens, wallSeconds } = training;
    const read = [...datasetsOf(options), options.corpus].filter((each) => typeof each === "string");
    const known = (value: number | undefined, format: (value: number) => string) =>
      value === undefined ? NOTHING : format(value);
    return [
      path,
      id ?? "under way",
      kind ?? NOTHING,
      objective ?? NOTHING,
      parents.join(", ") || NOTHING,
      read.join(", ") || NOTHING,
      known(seed, String),
      count(tokens),
      known(wallSeconds, count),
      known(training.lossCurve.at(-1)?.[1], figure),
      known(training.metrics?.evaluation ?? training.evaluationCurve?.at(-1)?.[1], figure),
      heldOut(training),
    ];
  });
  const head = [
    ...["Training", "Checkpoint", "Kind", "Objective", "From", "Data", "Seed", "Tokens", "Seconds"],
    ...["Loss", "Held-out loss", "Held-out figures"],
  ];
  const told = trainings.flatMap(({ command }) => command ?? []);
  return [
    {
      title: "Trainings",
      blocks: [table(head, rows), ...trainings.map(curvesOf), ...(told.length > 0 ? [commands(told)] : [])],
    },
  ];
}

/** Of the weights that came of it, which are not always the last; while it is under way, those of the last evaluation. */
function heldOut({ metrics = {}, metricCurves = {} }: Training): string {
  const figures = Object.entries(metricCurves).flatMap(([name, curve]) => {
    const value = metrics[`evaluation.${name}`] ?? curve.at(-1)?.[1];
    return value === undefined ? [] : [`${name} ${figure(value)}`];
  });
  return figures.join(", ") || NOTHING;
}

function curvesOf({ path, lossCurve, evaluationCurve = [], metricCurves = {} }: Training, index: number): Block {
  const points = (curve: readonly (readonly [number, number])[]) => curve.map(([x, y]) => ({ x, y }));
  const losses = [
    { name: "training", points: points(lossCurve) },
    { name: "held out", points: points(evaluationCurve) },
  ];
  const metrics = Object.entries(metricCurves).map(
    ([name, curve]): Panel => ({ title: `${name}, held out`, lines: [{ name: "held out", points: points(curve) }] }),
  );
  const panels = [{ title: "Loss", lines: losses.filter((line) => line.points.length > 0) }, ...metrics];
  const chart = { title: `Training of ${path}`, panels, xLabel: "tokens", x: "linear", y: "values" } as const;
  return { type: "chart", name: `training-${index + 1}`, chart };
}

/** Results of kinds that have no section of their own: every figure that they hold, by its name. */
export function otherSections(results: readonly ResultFile[]): readonly Section[] {
  return results.map((result) => ({
    title: `${result.kind}: ${result.name}`,
    blocks: [
      table(
        ["Figure", "Value"],
        figuresIn(result.report).map(([name, value]) => [name, value]),
      ),
      commands([result.command]),
    ],
  }));
}

/** Numbers and shares, with the names that lead to them; lists are left out, because they are about single problems. */
function figuresIn(value: unknown, name = ""): readonly (readonly [name: string, value: string])[] {
  if (typeof value === "number") return [[name, figure(value)]];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const known = proportion.safeParse(value);
  if (known.success) return [[name, `${share(known.data)} %`]];
  return Object.entries(value).flatMap(([key, inner]) => figuresIn(inner, name === "" ? key : `${name}, ${key}`));
}
