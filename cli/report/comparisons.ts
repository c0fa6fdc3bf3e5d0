/** Comparisons at an equal budget: solve rates against tokens and seconds, and who beats whom. */
import { TIERS } from "../../src/core/problem";
import { passAt1 } from "../../src/core/stats";
import { type ComparisonOutcome, isDone } from "../../src/experiment/compare/cells";
import type { CurvePoint } from "../../src/experiment/compare/curve";
import { COMPARISON_STRATEGY_TITLES, type ComparisonSpec } from "../../src/experiment/compare/spec";
import { type ComparisonRow, comparisonTable } from "../../src/experiment/compare/table";
import { pairedComparison } from "../../src/experiment/evaluate/paired";
import { commandLine } from "../result-file";
import type { Panel } from "./chart";
import type { SavedComparison } from "./read";
import {
  type Block,
  commands,
  count,
  figure,
  gain,
  NOTHING,
  pValue,
  type Section,
  share,
  table,
  text,
} from "./section";

/** What a strategy has to beat, in the order in which it is looked for. */
const REFERENCES: readonly string[] = ["best-of-n", "best-of-n-distinct", "sample", "vanilla"];

/** Seed of the bootstraps. */
const SEED = 1;

/** A section for each comparison. */
export function comparisonSections(saved: readonly SavedComparison[]): readonly Section[] {
  return saved.map((each, index) => comparisonSection(each, index));
}

function comparisonSection({ spec, outcomes }: SavedComparison, index: number): Section {
  const done = outcomes.filter(isDone);
  const { rows } = comparisonTable(spec, done, Math.min(spec.limit, new Set(done.map(({ id }) => id)).size));
  const ids = new Map(rows.map((row) => [row.id, done.filter(({ cell }) => cell === row.id)]));
  const tiers = TIERS.filter((tier) => done.some((outcome) => outcome.tier === tier));
  const reference = rows.find(
    ({ strategy }) => strategy === REFERENCES.find((name) => rows.some((row) => row.strategy === name)),
  );
  const nameOf = (row: ComparisonRow) => {
    const title = COMPARISON_STRATEGY_TITLES[row.strategy];
    return spec.models.length > 1 ? `${title}, ${row.model}` : title;
  };
  const body = rows.map((row) => {
    const own = ids.get(row.id) ?? [];
    const byTier = tiers.map((tier) => {
      const part = own.filter((outcome) => outcome.tier === tier);
      return part.length === 0 ? NOTHING : share(passAt1(part.map(({ solved }) => solved)));
    });
    const known = (value: number | null, format: (value: number) => string) =>
      value === null ? NOTHING : format(value);
    const spent = [known(row.tokensPerProblem, count), known(row.secondsPerProblem, figure)];
    return [
      nameOf(row),
      share(row.passAt1),
      ...(tiers.length > 1 ? byTier : []),
      ...spent,
      tokensToReach(row, reference),
    ];
  });
  const head = ["Strategy", "Solved", ...(tiers.length > 1 ? tiers : []), "Tokens", "Seconds"];
  const reached = reference ? `Tokens to the rate of ${nameOf(reference)}` : "Tokens to the rate";
  return {
    title: `Comparison: ${titleOf(spec)}`,
    blocks: [
      text("Solved in percent, with 95 % intervals; tokens and seconds a problem."),
      table([...head, reached], body),
      ...curves(rows, nameOf, index, titleOf(spec)),
      ...pairs(rows, ids, reference, nameOf),
      commands([commandOf(spec)]),
    ],
  };
}

function titleOf({ problems, limit, budgetTokens, seed }: ComparisonSpec): string {
  const which =
    problems.source === "puzzles" ? `${problems.split} problems, ${problems.tier}` : `of ${problems.collection}`;
  return `${limit} ${which}, ${count(budgetTokens)} tokens each, seed ${seed}`;
}

/** The fewest tokens a problem at which a strategy solves as much as the reference at its end. */
function tokensToReach({ curve }: ComparisonRow, reference: ComparisonRow | undefined): string {
  const rate = reference?.passAt1?.value;
  if (rate === undefined || curve === null) return NOTHING;
  const point = curve.tokens.find(({ solved }) => solved.value >= rate);
  return point === undefined ? "not reached" : count(point.at);
}

function curves(
  rows: readonly ComparisonRow[],
  nameOf: (row: ComparisonRow) => string,
  index: number,
  title: string,
): readonly Block[] {
  const panel = (axis: "tokens" | "seconds"): Panel => ({
    title: axis === "tokens" ? "Tokens a problem" : "Seconds a problem",
    lines: rows.flatMap((row) => (row.curve ? [{ name: nameOf(row), points: row.curve[axis].map(toPoint) }] : [])),
  });
  const panels = [panel("tokens"), panel("seconds")];
  if (panels.every(({ lines }) => lines.length === 0)) return [];
  return [
    {
      type: "chart",
      name: `solved-${index + 1}`,
      chart: {
        title: `Solve rate: ${title}`,
        panels,
        xLabel: "spent on each problem",
        x: "log",
        y: "percent",
        isStepped: true,
      },
    },
  ];
}

const toPoint = ({ at, solved }: CurvePoint) => ({ x: at, y: solved.value });

/** Everyone against the reference, on the same problems. */
function pairs(
  rows: readonly ComparisonRow[],
  outcomesOf: ReadonlyMap<string, readonly ComparisonOutcome[]>,
  reference: ComparisonRow | undefined,
  nameOf: (row: ComparisonRow) => string,
): readonly Block[] {
  if (!reference || rows.length < 2) return [];
  const base = outcomesOf.get(reference.id) ?? [];
  const compared = rows
    .filter((row) => row !== reference)
    .map((row) => {
      const paired = pairedComparison(outcomesOf.get(row.id) ?? [], base, ({ solved }) => Number(solved), SEED);
      const { onlyFirst, onlySecond, p } = paired.test ?? { onlyFirst: 0, onlySecond: 0, p: 1 };
      return [nameOf(row), gain(paired.gain), `${onlyFirst} against ${onlySecond}, p = ${pValue(p)}`];
    });
  return [
    text(`Gain over ${nameOf(reference)}, in points on the same problems, with the paired bootstrap's 95 % interval.`),
    table(["Strategy", "Gain", "McNemar"], compared),
  ];
}

/** The command that makes a comparison of this specification. */
function commandOf({
  problems,
  models,
  strategies,
  limit,
  budgetTokens,
  stopAtPass,
  freshSamples,
  seed,
}: ComparisonSpec) {
  const which =
    problems.source === "puzzles"
      ? ["--problems", "puzzles", "--split", problems.split, "--tier", problems.tier]
      : ["--problems", problems.collection];
  const numbers = { limit, "budget-tokens": budgetTokens, "fresh-samples": freshSamples, seed };
  return commandLine([
    "compare",
    ...which,
    ...["--model", ...models],
    ...["--strategy", ...strategies],
    ...Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...(stopAtPass ? [] : ["--no-stop-at-pass"]),
  ]);
}
