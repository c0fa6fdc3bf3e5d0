/**
 * How good estimates of steps are: whether they rank right steps above wrong ones, and whether they mean what they say. Intervals
 * come from resamples of whole groups, because the steps of one problem are right or wrong together.
 */
import { bootstrapInterval, bootstrapRatio, type Proportion } from "./stats";

/** An estimate, and the truth about it. */
export interface RankedItem {
  /** Larger is better; any number. */
  readonly score: number;
  readonly isRight: boolean;
  /** Which group it belongs to, from 0. */
  readonly group: number;
}

function groupCount(items: readonly { readonly group: number }[]): number {
  return items.reduce((most, { group }) => Math.max(most, group + 1), 0);
}

/**
 * AUC, the area under the ROC curve: how likely a right item has a larger score than a wrong one, equal scores counting half (the
 * Mann-Whitney statistic; Hanley and McNeil 1982). Null when all are right or all are wrong; `n` is the number of items.
 */
export function auc(items: readonly RankedItem[], seed: number): Proportion | null {
  const sorted = [...items].sort((a, b) => a.score - b.score);
  const scores = Float64Array.from(sorted, ({ score }) => score);
  const right = Uint8Array.from(sorted, ({ isRight }) => (isRight ? 1 : 0));
  const groups = Uint32Array.from(sorted, ({ group }) => group);
  const weighted = (weights: Uint32Array): number | null => {
    let [rightBefore, wrongBefore, won] = [0, 0, 0];
    for (let at = 0; at < scores.length; ) {
      const score = scores[at];
      let [rightHere, wrongHere] = [0, 0];
      for (; at < scores.length && scores[at] === score; at++) {
        const weight = weights[groups[at] ?? 0] ?? 0;
        if (right[at] === 1) rightHere += weight;
        else wrongHere += weight;
      }
      won += rightHere * (wrongBefore + wrongHere / 2);
      rightBefore += rightHere;
      wrongBefore += wrongHere;
    }
    const pairs = rightBefore * wrongBefore;
    return pairs === 0 ? null : won / pairs;
  };
  const count = groupCount(items);
  const value = weighted(new Uint32Array(count).fill(1));
  const ci95 = value === null ? null : bootstrapInterval(count, weighted, seed);
  return value === null || ci95 === null ? null : { value, ci95, n: items.length };
}

/** Items that are alternatives to one another: the children of one step. */
export interface SiblingSet {
  readonly group: number;
  readonly items: readonly Pick<RankedItem, "score" | "isRight">[];
}

/**
 * Of the pairs of a right and a wrong sibling, the share in which the right one has the larger score, equal scores counting half: what
 * a search, which only ever chooses among siblings, asks of an estimate. `n` is the number of pairs.
 */
export function siblingAccuracy(sets: readonly SiblingSet[], seed: number): Proportion {
  const tallies = Array.from({ length: groupCount(sets) }, () => ({ hits: 0, total: 0 }));
  for (const { group, items } of sets) {
    const tally = tallies[group];
    if (!tally) continue;
    for (const right of items.filter(({ isRight }) => isRight)) {
      for (const wrong of items.filter(({ isRight }) => !isRight)) {
        tally.total++;
        tally.hits += right.score > wrong.score ? 1 : right.score === wrong.score ? 0.5 : 0;
      }
    }
  }
  return bootstrapRatio(tallies, seed);
}

/** An estimate of how often something succeeds, and how often it did. */
export interface Forecast {
  /** In [0, 1]. */
  readonly estimate: number;
  /** In [0, 1]. */
  readonly observed: number;
  readonly group: number;
}

/** Forecasts whose estimates lie from `from` up to `to`; the last bin has its end too. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Means over its forecasts; null when it has none. */
  readonly estimate: number | null;
  readonly observed: number | null;
}

/** Whether estimates mean what they say. */
export interface Calibration {
  /**
   * Expected calibration error (Naeini et al. 2015; Guo et al. 2017, arXiv 1706.04599): how far the mean estimate of a bin is from what
   * was observed there, over all bins, each as often as it has forecasts. `n` is the number of forecasts.
   */
  readonly ece: Proportion;
  /** Mean squared distance of estimate and observation (Brier 1950). */
  readonly brier: number;
  /** Mean of the estimates, and of what was observed. */
  readonly estimate: number;
  readonly observed: number;
  /** The reliability diagram. */
  readonly bins: readonly ReliabilityBin[];
}

/** Bins of equal width. */
const BINS = 10;

const binOf = (estimate: number): number => Math.min(BINS - 1, Math.max(0, Math.floor(estimate * BINS)));

/** Sums over the forecasts of each bin. */
function binSums(forecasts: readonly Forecast[], weights: Uint32Array) {
  const [count, estimate, observed] = [new Float64Array(BINS), new Float64Array(BINS), new Float64Array(BINS)];
  for (const forecast of forecasts) {
    const bin = binOf(forecast.estimate);
    const weight = weights[forecast.group] ?? 0;
    count[bin] = (count[bin] ?? 0) + weight;
    estimate[bin] = (estimate[bin] ?? 0) + weight * forecast.estimate;
    observed[bin] = (observed[bin] ?? 0) + weight * forecast.observed;
  }
  return { count, estimate, observed };
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** See {@link Calibration}. Null without a forecast. */
export function calibration(forecasts: readonly Forecast[], seed: number): Calibration | null {
  const groups = groupCount(forecasts);
  const ece = (weights: Uint32Array): number | null => {
    const { count, estimate, observed } = binSums(forecasts, weights);
    const all = total(count);
    return all === 0 ? null : total(estimate.map((sum, bin) => Math.abs(sum - (observed[bin] ?? 0)))) / all;
  };
  const once = new Uint32Array(groups).fill(1);
  const value = ece(once);
  const ci95 = value === null ? null : bootstrapInterval(groups, ece, seed);
  if (value === null || ci95 === null) return null;
  const { count, estimate, observed } = binSums(forecasts, once);
  const n = forecasts.length;
  const mean = (sum: number | undefined, of: number) => (of === 0 || sum === undefined ? null : sum / of);
  return {
    ece: { value, ci95, n },
    brier: forecasts.reduce((sum, forecast) => sum + (forecast.estimate - forecast.observed) ** 2, 0) / n,
    estimate: total(estimate) / n,
    observed: total(observed) / n,
    bins: Array.from(count, (own, bin) => ({
      ...{ from: bin / BINS, to: (bin + 1) / BINS, count: own },
      ...{ estimate: mean(estimate[bin], own), observed: mean(observed[bin], own) },
    })),
  };
}
