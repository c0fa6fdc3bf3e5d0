/**
 * The aggregated reward of a whole path (O1-CODER, section 3.5):
 *
 *   phi(R, r_1..m) = alpha(t) R + (1 - alpha(t)) (1/m) sum_j gamma^j r_j
 *
 * with R the outcome and r_j the values of its m steps. Its two terms are told apart from their sum: what a policy is paid for shows
 * only there.
 */

/** How alpha goes from `from` to `to`, both in [0, 1], while t goes from 0 to 1. */
export interface AlphaSchedule {
  readonly kind: (typeof ALPHA_SCHEDULES)[number];
  readonly from: number;
  /** A constant one stays at `from`. */
  readonly to: number;
}

export const ALPHA_SCHEDULES = ["constant", "linear", "logarithmic"] as const;

/** How early a logarithmic schedule moves: the larger, the earlier. At 99 half the way is done after a tenth of the time. */
const EARLINESS = 99;

/**
 * alpha(t). The paper names the schedules and gives no formula: t is taken for the share of the run that is done, in [0, 1], and the
 * logarithmic one for ln(1 + 99 t) / ln 100 of the way.
 */
export function alphaAt({ kind, from, to }: AlphaSchedule, t: number): number {
  if (kind === "constant") return from;
  const way = kind === "linear" ? t : Math.log1p(EARLINESS * t) / Math.log1p(EARLINESS);
  return from + (to - from) * way;
}

/** phi with its terms. */
export interface AggregatedReward {
  /** phi, in [0, 1]. */
  readonly value: number;
  /** R, in [0, 1]. */
  readonly outcome: number;
  /** (1/m) sum_j gamma^j r_j, in [0, 1]; null where nobody has scored the steps, and phi is then R. */
  readonly process: number | null;
}

/**
 * phi of one path.
 * @param steps r_1 to r_m, each in [0, 1]; null for none. A path without a step is worth 0 as a process.
 * @param alpha in [0, 1].
 * @param gamma in (0, 1]. Below 1 a path is worth less the longer it is, were all its steps perfect.
 */
export function aggregatedReward(
  outcome: number,
  steps: readonly number[] | null,
  alpha: number,
  gamma: number,
): AggregatedReward {
  if (steps === null) return { value: outcome, outcome, process: null };
  const process =
    steps.reduce((sum, value, index) => sum + gamma ** (index + 1) * value, 0) / Math.max(1, steps.length);
  return { value: alpha * outcome + (1 - alpha) * process, outcome, process };
}
