/** Policies without a search, and strategies: evaluations on the same problems, side by side and in pairs. */
import { z } from "zod";
import { TIERS } from "../../src/core/problem";
import { bootstrapRatio, type Proportion, passAt1, passAtK } from "../../src/core/stats";
import { type Coverage, coverageByTier, type SampledProblem } from "../../src/experiment/evaluate/coverage";
import { type Paired, pairedComparison } from "../../src/experiment/evaluate/paired";
import type { ResultFile } from "../result-file";
import type { Panel } from "./chart";
import {
  type Block,
  commands,
  count,
  gain,
  NOTHING,
  percent,
  pValue,
  type Section,
  share,
  signOf,
  table,
  text,
} from "./section";

const tier = z.enum(TIERS).nullable();
const whole = z.int().min(0);

const coverageSchema = z.object({
  outcomes: z.array(
    z.object({
      id: z.string(),
      tier,
      greedy: z.boolean(),
      samples: whole,
      passed: whole,
      programs: whole,
      tokens: whole,
    }),
  ),
});

const evalSchema = z.object({
  outcomes: z.array(z.object({ id: z.string(), tier, solved: z.boolean(), tokens: z.number() })),
});

/** Seed of the bootstraps: the report is the same for the same results. */
const SEED = 1;

/** What the same thing came to on the same problems, all its runs (seeds) together. */
interface Entry<T> {
  readonly name: string;
  readonly runs: number;
  readonly outcomes: readonly T[];
}

/** Evaluations on the same problems. */
interface Group<T> {
  /** For people: which problems. */
  readonly title: string;
  readonly entries: readonly Entry<T>[];
  /** What the others are compared with; null when it is not among them. */
  readonly baseline: Entry<T> | null;
  readonly commands: readonly string[];
}

/** Puts results on the same problems together, and runs of the same name. */
function grouped<T>(
  results: readonly ResultFile[],
  outcomesOf: (result: ResultFile) => readonly T[] | null,
  baseline: string,
): readonly Group<T>[] {
  const groups = new Map<string, ResultFile[]>();
  for (const result of results) {
    const { split, tier, n } = result.settings;
    const title = `${n} ${split} problems${tier === "all" ? ", all tiers" : `, ${tier}`}`;
    groups.set(title, [...(groups.get(title) ?? []), result]);
  }
  return [...groups].map(([title, own]) => {
    const names = [...new Set(own.map(nameOf))];
    const entries = names.map((name) => {
      const runs = own.filter((result) => nameOf(result) === name);
      return { name, runs: runs.length, outcomes: runs.flatMap((run) => outcomesOf(run) ?? []) };
    });
    const base = entries.find(({ name }) => name === baseline) ?? null;
    return { title, entries, baseline: base, commands: own.map(({ command }) => command) };
  });
}

/** A name with what else tells two measurements of one model apart. */
function nameOf({ name, kind, settings }: ResultFile): string {
  const { strategy, temperature, simulations, withoutReplacement } = settings;
  const usual = kind === "coverage" ? "sample" : "";
  const more = [
    strategy === usual ? "" : String(strategy),
    kind === "eval" && simulations !== undefined ? `${simulations} simulations` : "",
    temperature === undefined ? "" : `T ${temperature}`,
    withoutReplacement === true ? "no repeats" : "",
  ].filter(Boolean);
  return more.length === 0 ? name : `${name}, ${more.join(", ")}`;
}

/** The results of a kind that a report can read, and the others. */
export function readable(results: readonly ResultFile[]): {
  readonly coverage: readonly ResultFile[];
  readonly evaluations: readonly ResultFile[];
} {
  const of = (kind: string, schema: z.ZodType) =>
    results.filter((result) => result.kind === kind && schema.safeParse(result.report).success);
  return { coverage: of("coverage", coverageSchema), evaluations: of("eval", evalSchema) };
}

/** Greedy answers and pass@k, by tier, and the gains over the baseline. */
export function policySections(results: readonly ResultFile[], baseline: string): readonly Section[] {
  const outcomesOf = ({ report }: ResultFile) => coverageSchema.safeParse(report).data?.outcomes ?? null;
  return grouped<SampledProblem>(results, outcomesOf, baseline).map((group, index) => {
    const measured = group.entries.map((entry) => ({
      ...entry,
      coverage: partsOf(coverageByTier(entry.outcomes, SEED)),
    }));
    const ks = [
      ...new Set(measured.flatMap(({ coverage }) => coverage.flatMap(([, each]) => each.passAtK.map(({ k }) => k)))),
    ];
    const parts = [...new Set(measured.flatMap(({ coverage }) => coverage.map(([part]) => part)))];
    const rows = parts.flatMap((part) =>
      measured.flatMap(({ name, runs, coverage }) => {
        const own = coverage.find(([each]) => each === part)?.[1];
        if (!own) return [];
        const at = (k: number) => own.passAtK.find((each) => each.k === k);
        return [[part, name, String(runs), share(own.greedy), ...ks.map((k) => cell(at(k), k === 1))]];
      }),
    );
    const panels = parts.map((part): Panel => {
      const lines = measured.flatMap(({ name, coverage }) => {
        const own = coverage.find(([each]) => each === part)?.[1];
        const points = own?.passAtK.map(({ k, value, ci95: [low, high] }) => ({ x: k, y: value, low, high }));
        return points ? [{ name, points }] : [];
      });
      return { title: part, lines };
    });
    return {
      title: `Policies: ${group.title}`,
      blocks: [
        text("Greedy Pass@1 and pass@k of independent samples, in percent, with 95 % intervals over problems."),
        table(["Tier", "Policy", "Runs", "Greedy", ...ks.map((k) => `pass@${k}`)], rows),
        {
          type: "chart",
          name: `pass-at-k-${index + 1}`,
          chart: { title: `pass@k: ${group.title}`, panels, xLabel: "k", x: "log", y: "percent" },
        },
        ...gains(group, ks.at(-1) ?? 1),
        commands(group.commands),
      ],
    };
  });
}

const cell = (proportion: Proportion | undefined, isWhole: boolean) =>
  proportion === undefined ? NOTHING : isWhole ? share(proportion) : percent(proportion.value);

type Parts = readonly (readonly [part: string, coverage: Coverage])[];

/** Each tier that was measured; all together, where there are several. */
function partsOf({ all, tiers }: ReturnType<typeof coverageByTier>): Parts {
  const own = TIERS.flatMap((each): Parts => (tiers[each] ? [[each, tiers[each]]] : []));
  return own.length === 1 ? own : [...own, ["all", all]];
}

/** The tiers of some outcomes, and all together, where there are several. */
function partsIn(outcomes: readonly { readonly tier: string | null }[]): readonly string[] {
  const tiers = TIERS.filter((each) => outcomes.some((outcome) => outcome.tier === each));
  return tiers.length === 1 ? tiers : [...tiers, "all"];
}

/** The outcomes of a part. */
function partOf<T extends { readonly tier: string | null }>(outcomes: readonly T[], part: string): readonly T[] {
  return part === "all" ? outcomes : outcomes.filter((outcome) => outcome.tier === part);
}

/** Gains over the baseline, in greedy answers, in one sample (over its greedy answer too) and in as many as there are. */
function gains({ entries, baseline }: Group<SampledProblem>, most: number): readonly Block[] {
  const others = entries.filter((entry) => entry !== baseline);
  if (baseline === null || others.length === 0) return [];
  const greedyAnswers = baseline.outcomes.map((each) => ({ ...each, samples: 1, passed: Number(each.greedy) }));
  const parts = partsIn(baseline.outcomes);
  const told: string[] = [];
  const rows = parts.flatMap((part) =>
    others.map(({ name, outcomes }) => {
      const pair = (figure: (outcome: SampledProblem) => number, over = baseline.outcomes, atLeast = 0) => {
        const sides = [outcomes, over].map((side) => partOf(side, part).filter(({ samples }) => samples >= atLeast));
        const [own = [], others = []] = sides;
        return own.length === 0 || others.length === 0 ? null : pairedComparison(own, others, figure, SEED);
      };
      const at = (k: number, over = baseline.outcomes) =>
        pair(({ samples, passed }) => passAtK(samples, passed, k), over, k);
      const [greedy, one, many] = [pair((outcome) => Number(outcome.greedy)), at(1), at(most)];
      told.push(...sharpened(`${name} on ${part}`, one, many, most));
      const points = [greedy, one, at(1, greedyAnswers), many].map((paired) => (paired ? gain(paired.gain) : NOTHING));
      return [part, name, points[0] ?? NOTHING, greedy ? mcnemarText(greedy) : NOTHING, ...points.slice(1)];
    }),
  );
  const head = ["Tier", "Policy", "Greedy", "McNemar", "pass@1", "pass@1 over greedy", `pass@${most}`];
  return [
    text(`Gain over ${baseline.name}, in points on the same problems, with the paired bootstrap's 95 % interval.`),
    table(head, rows),
    ...told.map(text),
  ];
}

/** Says of a gain in one sample that comes with a loss in many, or with none, what it is. */
function sharpened(what: string, one: Paired | null, many: Paired | null, most: number): readonly string[] {
  if (one === null || many === null || most === 1 || signOf(one.gain) <= 0 || signOf(many.gain) >= 0) return [];
  return [
    `${what} gains in pass@1 and loses in pass@${most}: it is surer of what it solved before, and solves less in all.`,
  ];
}

/** `25 against 3, p = 3e-5`. */
function mcnemarText({ test }: Paired): string {
  return test === null ? NOTHING : `${test.onlyFirst} against ${test.onlySecond}, p = ${pValue(test.p)}`;
}

/** Problems of several runs are as many as they are, not as many as the runs make of them. */
function solvedShare(outcomes: readonly { readonly id: string; readonly solved: boolean }[], runs: number): Proportion {
  if (runs === 1) return passAt1(outcomes.map(({ solved }) => solved));
  const groups = new Map<string, { hits: number; total: number }>();
  for (const { id, solved } of outcomes) {
    const { hits, total } = groups.get(id) ?? { hits: 0, total: 0 };
    groups.set(id, { hits: hits + Number(solved), total: total + 1 });
  }
  return { ...bootstrapRatio([...groups.values()], SEED), n: groups.size };
}

/** Strategies with a budget of their own: Pass@1 by tier, and the gains over the baseline. */
export function strategySections(results: readonly ResultFile[], baseline: string): readonly Section[] {
  type Outcome = z.infer<typeof evalSchema>["outcomes"][number];
  const outcomesOf = ({ report }: ResultFile) => evalSchema.safeParse(report).data?.outcomes ?? null;
  return grouped<Outcome>(results, outcomesOf, baseline).map((group) => {
    const parts = partsIn(group.entries.flatMap(({ outcomes }) => outcomes));
    const rows = group.entries.map(({ name, runs, outcomes }) => {
      const figures = parts.map((part) => share(solvedShare(partOf(outcomes, part), runs)));
      const tokens = outcomes.reduce((sum, outcome) => sum + outcome.tokens, 0) / Math.max(1, outcomes.length);
      return [name, String(runs), ...figures, count(tokens)];
    });
    const base = group.baseline ?? group.entries[0] ?? null;
    const others = group.entries.filter((entry) => entry !== base);
    const pairs = others.flatMap(({ name, outcomes }) =>
      parts.map((part) => {
        const paired = pairedComparison(
          partOf(outcomes, part),
          partOf(base?.outcomes ?? [], part),
          ({ solved }) => Number(solved),
          SEED,
        );
        return [name, part, gain(paired.gain), mcnemarText(paired)];
      }),
    );
    return {
      title: `Strategies: ${group.title}`,
      blocks: [
        text("Pass@1 in percent, with 95 % intervals, and sampled tokens a problem."),
        table(["Strategy", "Runs", ...parts, "Tokens"], rows),
        ...(pairs.length > 0
          ? [
              text(
                `Gain over ${base?.name}, in points on the same problems, with the paired bootstrap's 95 % interval.`,
              ),
              table(["Strategy", "Tier", "Gain", "McNemar"], pairs),
            ]
          : []),
        commands(group.commands),
      ],
    };
  });
}
