/** Step scorers (process reward models) on held-out trees, and how good one would have to be. */
import { z } from "zod";
import { TIERS } from "../../src/core/problem";
import { COMPARISON_STRATEGY_TITLES, type ComparisonStrategy } from "../../src/experiment/compare/spec";
import type { ResultFile } from "../result-file";
import type { Panel } from "./chart";
import {
  type Block,
  commands,
  count,
  figure,
  NOTHING,
  percent,
  proportion,
  type Section,
  share,
  table,
  text,
} from "./section";

const bin = z.object({ estimate: z.number().nullable(), observed: z.number().nullable() });
const calibration = z.object({ ece: proportion, brier: z.number(), bins: z.array(bin) });
const ranking = z.object({
  auc: proportion.nullable(),
  byDepth: z.array(z.object({ depth: z.number(), auc: proportion.nullable() })),
  siblings: proportion,
});
const rankings = z.record(z.string(), ranking);

const scorerSchema = z.object({
  tiers: z.record(
    z.string(),
    z.object({ problems: z.number(), steps: z.number(), rankings: z.object({ exact: rankings, reached: rankings }) }),
  ),
  gold: z
    .object({
      steps: z.number(),
      rollouts: z.number(),
      scorer: z.object({ reward: calibration, passes: calibration }).nullable(),
      monteCarlo: calibration,
    })
    .nullable(),
});

/** What steps are right by, in words. */
const TRUTHS = { exact: "exactly right", reached: "the search found a pass" } as const;

/** Each scorer: how it ranks steps, by depth and among siblings, beside what costs nothing; and whether its estimates mean what they say. */
export function scorerSections(results: readonly ResultFile[]): readonly Section[] {
  return results.map((result, index) => {
    const { tiers, gold } = scorerSchema.parse(result.report);
    const rows = Object.entries(tiers).flatMap(([tier, { rankings: both }]) =>
      (["exact", "reached"] as const).flatMap((truth) =>
        Object.entries(both[truth]).map(([score, { auc, siblings }]) => [
          tier,
          score,
          TRUTHS[truth],
          share(auc),
          siblings.n === 0 ? NOTHING : share(siblings),
        ]),
      ),
    );
    return {
      title: `Step scorer: ${result.name}`,
      blocks: [
        text(
          "AUC of steps, and accuracy between right and wrong siblings, in percent (50 is chance), with 95 % intervals over problems.",
        ),
        table(["Tier", "Score", "A step is right if", "AUC", "Siblings"], rows),
        ...depths(tiers, index, result.name),
        ...(gold ? reliability(gold, index, result.name) : []),
        commands([result.command]),
      ],
    };
  });
}

/** AUC by depth: where a scorer fails is deep. */
function depths(tiers: z.infer<typeof scorerSchema>["tiers"], index: number, name: string): readonly Block[] {
  const panels = Object.entries(tiers).map(
    ([
      tier,
      {
        rankings: { exact },
      },
    ]): Panel => {
      const lines = Object.entries(exact).map(([score, { byDepth }]) => {
        const points = byDepth.flatMap(({ depth, auc }) => (auc ? [{ x: depth, y: auc.value }] : []));
        return { name: score, points };
      });
      return { title: tier, lines };
    },
  );
  const chart = {
    title: `AUC by depth: ${name}`,
    panels,
    xLabel: "depth of the step",
    x: "linear",
    y: "percent",
  } as const;
  return [{ type: "chart", name: `auc-by-depth-${index + 1}`, chart }];
}

/** Estimates against rollouts of the gold set. */
function reliability(
  gold: NonNullable<z.infer<typeof scorerSchema>["gold"]>,
  index: number,
  name: string,
): readonly Block[] {
  const measured = [
    ...(gold.scorer
      ? [
          { what: "scorer, against the mean reward", of: gold.scorer.reward },
          { what: "scorer, against the share that passes", of: gold.scorer.passes },
        ]
      : []),
    { what: "the search's own W / N, against the mean reward", of: gold.monteCarlo },
  ];
  const even = { name: "as it should be", points: [0, 1].map((x) => ({ x, y: x })) };
  const panels = measured.map(({ what, of }): Panel => {
    const points = of.bins.flatMap(({ estimate, observed }) =>
      estimate === null || observed === null ? [] : [{ x: estimate, y: observed }],
    );
    return { title: what, lines: [even, { name: "observed", points }] };
  });
  return [
    text(`Calibration on ${count(gold.steps)} steps with ${count(gold.rollouts)} rollouts.`),
    table(
      ["Estimate", "Expected calibration error", "Brier score"],
      measured.map(({ what, of }) => [what, share(of.ece), figure(of.brier)]),
    ),
    {
      type: "chart",
      name: `reliability-${index + 1}`,
      chart: { title: `Reliability: ${name}`, panels, xLabel: "estimate", x: "linear", y: "percent" },
    },
  ];
}

/** Whether a report can read a result as one of a step scorer. */
export const isScorer = ({ kind, report }: ResultFile): boolean =>
  kind === "eval-scorer" && scorerSchema.safeParse(report).success;

const breakEvenSchema = z.object({
  budgetTokens: z.number(),
  rows: z.array(
    z.object({
      tier: z.enum(TIERS),
      strategy: z.string(),
      noise: z.number().nullable(),
      auc: proportion.nullable(),
      solved: proportion,
      meanTokens: z.number(),
      medianTokens: z.number(),
      ratio: z.object({ value: z.number(), ci95: z.tuple([z.number(), z.number()]) }),
    }),
  ),
});

/** How good a value of steps must be before a search by it pays. */
export function breakEvenSections(results: readonly ResultFile[]): readonly Section[] {
  return results.map((result, index) => {
    const { rows, budgetTokens } = breakEvenSchema.parse(result.report);
    const tiers = TIERS.filter((tier) => rows.some((row) => row.tier === tier));
    const titleOf = (strategy: string) => COMPARISON_STRATEGY_TITLES[strategy as ComparisonStrategy] ?? strategy;
    const body = rows.map(({ tier, strategy, auc, solved, meanTokens, medianTokens, ratio }) => {
      const [low, high] = ratio.ci95.map(percent);
      const tokens = [count(meanTokens), count(medianTokens), `${percent(ratio.value)} (${low} to ${high})`];
      return [tier, titleOf(strategy), share(auc), share(solved), ...tokens];
    });
    const panels = tiers.map((tier): Panel => {
      const strategies = [...new Set(rows.flatMap((row) => (row.noise === null ? [] : [row.strategy])))];
      const lines = strategies.map((strategy) => ({
        name: titleOf(strategy),
        points: rows
          .flatMap((row) =>
            row.tier === tier && row.strategy === strategy && row.auc
              ? [{ x: row.auc.value, y: row.ratio.value, low: row.ratio.ci95[0], high: row.ratio.ci95[1] }]
              : [],
          )
          .sort((a, b) => a.x - b.x),
      }));
      const aucs = lines.flatMap(({ points }) => points.map(({ x }) => x));
      const flat = rows.flatMap((row) =>
        row.tier === tier && row.noise === null && aucs.length > 0
          ? [
              {
                name: titleOf(row.strategy),
                points: [Math.min(...aucs), Math.max(...aucs)].map((x) => ({ x, y: row.ratio.value })),
              },
            ]
          : [],
      );
      return { title: tier, lines: [...lines, ...flat] };
    });
    const title = `Break-even: ${result.name}, ${count(budgetTokens)} tokens a problem`;
    return {
      title,
      blocks: [
        text(
          "Searches by the truth with more and more noise in it. Tokens until a right program, mean and median, and the mean as a share of best of n's, in percent.",
        ),
        table(["Tier", "Strategy", "AUC", "Solved", "Mean tokens", "Median", "Share"], body),
        {
          type: "chart",
          name: `break-even-${index + 1}`,
          chart: { title, panels, xLabel: "AUC of the value", x: "linear", y: "values" },
        },
        commands([result.command]),
      ],
    };
  });
}

/** Whether a report can read a result as one of the break-even. */
export const isBreakEven = ({ kind, report }: ResultFile): boolean =>
  kind === "break-even" && breakEvenSchema.safeParse(report).success;
