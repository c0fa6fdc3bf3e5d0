/**
 * How good a step scorer (PRM) is on trees of problems that it has not seen: whether it ranks right steps above wrong ones, against
 * the search's own marks and against what the problem's maker knows, and whether its estimates are what a gold set shows. Beside it
 * stand what costs nothing: the policy's own probabilities, a check of the worked example, and the search's own values.
 */
import type { GoldStep } from "../../core/data/gold";
import { type PathNode, pathTo, prefixOf, type ReasoningTree } from "../../core/data/reasoning";
import { LabError } from "../../core/errors";
import { isCallTest, type Problem, TIERS, type Tier } from "../../core/problem";
import { renderValue } from "../../core/protocol/tiny";
import { deriveSeed } from "../../core/rng";
import { auc, type Calibration, calibration, type SiblingSet, siblingAccuracy } from "../../core/scorer-metrics";
import type { Proportion } from "../../core/stats";
import type { Step } from "../../core/step";
import type { StepScorer } from "../../ports/step-scorer";
import { isOnTheWay } from "./gold-set";

/** What steps are ranked by. */
export const STEP_SCORES = ["scorer", "path-log-prob", "step-log-prob", "copy-check", "monte-carlo"] as const;

/**
 * * `scorer`: the step scorer's estimate;
 * * `path-log-prob`, `step-log-prob`: the policy's log-probability of the path so far, and of the step alone;
 * * `copy-check`: whether the last worked list is the first example's output, 1 or 0;
 * * `monte-carlo`: the search's own W / N, which a scorer has learnt from: what it cannot know, the scorer could hardly.
 */
export type StepScore = (typeof STEP_SCORES)[number];

/** Who says which steps are right: the problem's maker, or the search, which found a passing program behind them. */
export type StepTruth = "exact" | "reached";

/** How well one score ranks steps. */
export interface RankingQuality {
  /** Null where all steps are right, or all wrong, or the score is not known. */
  readonly auc: Proportion | null;
  /** The same among steps of one depth, which counts from 1. */
  readonly byDepth: readonly { readonly depth: number; readonly auc: Proportion | null }[];
  readonly siblings: Proportion;
}

/** Rankings of the steps of one tier, or of all. */
export interface StepRankings {
  readonly problems: number;
  readonly steps: number;
  /** Shares of steps that are right. */
  readonly right: Readonly<Record<StepTruth, number>>;
  readonly rankings: Readonly<Record<StepTruth, Readonly<Partial<Record<StepScore, RankingQuality>>>>>;
}

/** Estimates against a gold set. */
export interface GoldQuality {
  readonly steps: number;
  /** Rollouts of all steps together. */
  readonly rollouts: number;
  /** Against the mean reward, which v_j estimates, and against the share of programs that pass every test. */
  readonly scorer: { readonly reward: Calibration; readonly passes: Calibration } | null;
  /** W / N against the mean reward: the noise in what a scorer learns from. */
  readonly monteCarlo: Calibration;
}

/** What a scorer is worth. */
export interface ScorerQuality {
  /** Of all steps that lead on (define and refine) and were visited; of the tiers by their names. */
  readonly tiers: { readonly [which in Tier | "all"]?: StepRankings };
  /** Null without a gold set. */
  readonly gold: GoldQuality | null;
  /** What asking the scorer about the trees' steps came to; null without a scorer. */
  readonly cost: { readonly steps: number; readonly promptTokens: number; readonly prefilledTokens: number } | null;
}

/** A scorer to measure, or, without one, what it would have to beat. */
export interface ScorerQualityRequest {
  readonly scorer: StepScorer | null;
  readonly trees: readonly ReasoningTree[];
  readonly gold: readonly GoldStep[];
  readonly seed: number;
}

/** A step with all that is known of it. */
interface MeasuredStep {
  /** Index of its tree. */
  readonly tree: number;
  readonly tier: Tier | undefined;
  /** Index of its parent in the tree: siblings have the same. */
  readonly parent: number | null;
  readonly depth: number;
  readonly scores: Readonly<Partial<Record<StepScore, number>>>;
  readonly truth: Readonly<Partial<Record<StepTruth, boolean>>>;
}

/**
 * Measures a scorer. Yields how many trees are done; figures are a function of the seed.
 * @throws LabError `model/bad-answer` when the scorer gives no estimate in [0, 1]; what it throws.
 */
export async function* measureScorer(request: ScorerQualityRequest): AsyncGenerator<number, ScorerQuality> {
  const { scorer, trees, gold, seed } = request;
  const asked = new Scoring(scorer);
  const steps: MeasuredStep[] = [];
  for (const [number, tree] of trees.entries()) {
    steps.push(...(await measureTree(tree, number, asked)));
    yield number + 1;
  }
  const { cost } = asked;
  const groups = (["all", ...TIERS] as const).map(
    (which) => [which, which === "all" ? steps : steps.filter(({ tier }) => tier === which)] as const,
  );
  return {
    tiers: Object.fromEntries(
      groups.filter(([, own]) => own.length > 0).map(([which, own]) => [which, rankingsOf(own, seed)] as const),
    ),
    gold: gold.length === 0 ? null : await measureGold(gold, new Scoring(scorer), seed),
    cost: scorer === null ? null : cost,
  };
}

/** Asks a scorer, if there is one, and counts what it costs. */
class Scoring {
  cost = { steps: 0, promptTokens: 0, prefilledTokens: 0 };

  constructor(private readonly scorer: StepScorer | null) {}

  /** Undefined for each path where there is no scorer. */
  async estimates(problem: Problem, paths: readonly (readonly Step[])[]): Promise<readonly (number | undefined)[]> {
    if (this.scorer === null || paths.length === 0) return paths.map(() => undefined);
    const { values, prompts } = await this.scorer.score(problem, paths);
    const { steps, promptTokens, prefilledTokens } = this.cost;
    this.cost = {
      steps: steps + paths.length,
      promptTokens: promptTokens + (prompts?.promptTokens ?? 0),
      prefilledTokens: prefilledTokens + (prompts?.prefilledTokens ?? 0),
    };
    return paths.map((_, index) => {
      const value = values[index] ?? Number.NaN;
      if (value >= 0 && value <= 1) return value;
      throw new LabError(
        "model/bad-answer",
        "The step scorer gave no estimate between 0 and 1.",
        "Choose another checkpoint.",
      );
    });
  }
}

async function measureTree(tree: ReasoningTree, number: number, scoring: Scoring): Promise<readonly MeasuredStep[]> {
  const indices = [...tree.nodes.keys()].filter((index) => {
    const node = tree.nodes[index];
    return node !== undefined && isOnTheWay(node);
  });
  const paths = indices.map((index) => prefixOf(tree, index));
  const estimates = await scoring.estimates(tree.problem, paths);
  return indices.flatMap((index, i): readonly MeasuredStep[] => {
    const node = tree.nodes[index];
    const path = paths[i];
    if (!node || !path) return [];
    const { parent, exact, reached, logProb, valueSum, visitCount } = node;
    const pathLogProb = logProbOfPath(pathTo(tree, index));
    const scorer = estimates[i];
    return [
      {
        ...{ tree: number, tier: tree.problem.tier, parent, depth: path.length },
        scores: {
          ...(scorer === undefined ? {} : { scorer }),
          ...(pathLogProb === null ? {} : { "path-log-prob": pathLogProb }),
          ...(logProb === null ? {} : { "step-log-prob": logProb }),
          "copy-check": copiesOutput(tree.problem, path) ? 1 : 0,
          "monte-carlo": valueSum / visitCount,
        },
        truth: { reached, ...(exact === null ? {} : { exact }) },
      },
    ];
  });
}

/** Null where one of its steps has none. */
function logProbOfPath(path: readonly PathNode[]): number | null {
  return path.reduce<number | null>(
    (sum, { node }) => (sum === null || node.logProb === null ? null : sum + node.logProb),
    0,
  );
}

/** Whether the last refine step works the first example through to its very output. */
export function copiesOutput({ visibleTests }: Problem, path: readonly Step[]): boolean {
  const [first] = visibleTests.filter(isCallTest);
  const last = path.at(-1);
  const worked = last?.kind === "refine" ? /-> ([^>]*)$/.exec(last.text)?.[1] : undefined;
  return first !== undefined && worked === renderValue(first.expected);
}

function rankingsOf(steps: readonly MeasuredStep[], seed: number): StepRankings {
  const shareOf = (truth: StepTruth) => steps.filter((step) => step.truth[truth]).length / Math.max(1, steps.length);
  const rankings = (truth: StepTruth) =>
    Object.fromEntries(
      STEP_SCORES.filter((score) => steps.some((step) => step.scores[score] !== undefined))
        // The search's own values are where its marks come from.
        .filter((score) => truth === "exact" || score !== "monte-carlo")
        .map((score) => [score, rankingOf(steps, score, truth, deriveSeed("scorer", seed, truth, score))] as const),
    );
  return {
    problems: new Set(steps.map(({ tree }) => tree)).size,
    steps: steps.length,
    right: { exact: shareOf("exact"), reached: shareOf("reached") },
    rankings: { exact: rankings("exact"), reached: rankings("reached") },
  };
}

function rankingOf(all: readonly MeasuredStep[], by: StepScore, truth: StepTruth, seed: number): RankingQuality {
  const problems = [...new Set(all.map(({ tree }) => tree))];
  const groupOf = new Map(problems.map((tree, group) => [tree, group]));
  const known = all.flatMap(({ tree, parent, depth, scores, truth: truths }) => {
    const [score, isRight, group] = [scores[by], truths[truth], groupOf.get(tree)];
    return score === undefined || isRight === undefined || group === undefined
      ? []
      : [{ score, isRight, group, parent, depth }];
  });
  const depths = [...new Set(known.map(({ depth }) => depth))].sort((a, b) => a - b);
  const families = new Map<string, { group: number; items: SiblingSet["items"][number][] }>();
  for (const item of known) {
    const key = `${item.group} ${item.parent}`;
    const family = families.get(key) ?? { group: item.group, items: [] };
    family.items.push(item);
    families.set(key, family);
  }
  return {
    auc: auc(known, seed),
    byDepth: depths.map((depth) => ({
      depth,
      auc: auc(
        known.filter((item) => item.depth === depth),
        seed,
      ),
    })),
    siblings: siblingAccuracy([...families.values()], seed),
  };
}

async function measureGold(gold: readonly GoldStep[], scoring: Scoring, seed: number): Promise<GoldQuality | null> {
  const problems = [...new Set(gold.map(({ problem }) => problem.id))];
  const groupOf = ({ problem }: GoldStep) => problems.indexOf(problem.id);
  const estimates: (number | undefined)[] = [];
  for (const { problem, steps } of gold) estimates.push(...(await scoring.estimates(problem, [steps])));
  const against = (estimateOf: (index: number) => number | undefined, observedOf: (step: GoldStep) => number) =>
    calibration(
      gold.flatMap((step, index) => {
        const estimate = estimateOf(index);
        return estimate === undefined ? [] : [{ estimate, observed: observedOf(step), group: groupOf(step) }];
      }),
      deriveSeed("calibration", seed),
    );
  const reward = ({ rewardSum, rollouts }: GoldStep) => Math.min(1, rewardSum / rollouts);
  const passes = (step: GoldStep) => step.passes / step.rollouts;
  const monteCarlo = against((index) => Math.min(1, searchedValue(gold[index])), reward);
  if (monteCarlo === null) return null;
  const [byReward, byPasses] = [reward, passes].map((observed) => against((index) => estimates[index], observed));
  return {
    steps: gold.length,
    rollouts: gold.reduce((sum, { rollouts }) => sum + rollouts, 0),
    scorer: byReward && byPasses ? { reward: byReward, passes: byPasses } : null,
    monteCarlo,
  };
}

function searchedValue(step: GoldStep | undefined): number {
  return step === undefined ? 0 : step.valueSum / step.visitCount;
}
