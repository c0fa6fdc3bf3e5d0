/** From rollouts to what a policy is to learn from them: pure. */
import { type AggregatedReward, aggregatedReward } from "../../core/aggregated-reward";
import type { Lesson, PolicyMethod, PolicySample } from "../../ports/policy-learner";
import type { Rollout, RolloutGroup } from "./rollouts";

/** A path and its reward. */
export interface RewardedRollout extends Rollout {
  readonly reward: AggregatedReward;
}

/** The paths of a problem. */
export interface RewardedGroup extends RolloutGroup {
  readonly rollouts: readonly RewardedRollout[];
}

/** Pairs of one problem at most. */
export const PAIRS_PER_PROBLEM = 4;

/** Rewards that are no farther apart are the same: rounding, and what two scorers' runs differ by. */
const SAME = 1e-6;

/** Rewards paths by phi, with alpha and gamma as they are at the time. */
export function rewarded(groups: readonly RolloutGroup[], alpha: number, gamma: number): readonly RewardedGroup[] {
  return groups.map(({ problem, rollouts }) => ({
    problem,
    rollouts: rollouts.map((rollout) => ({
      ...rollout,
      reward: aggregatedReward(rollout.outcome, rollout.process, alpha, gamma),
    })),
  }));
}

/** Whether all paths of a problem are worth the same, so that they teach nothing. */
export function isEven({ rollouts }: RewardedGroup): boolean {
  const values = rollouts.map(({ reward }) => reward.value);
  return Math.max(...values) - Math.min(...values) < SAME;
}

/** What a batch of paths teaches; groups that teach nothing are left out. */
export function lessonOf(method: PolicyMethod, groups: readonly RewardedGroup[]): Lesson {
  const uneven = groups.filter((group) => !isEven(group));
  if (method === "dpo") return { method, pairs: uneven.flatMap(pairsOf) };
  return { method, samples: uneven.flatMap(advantagesOf) };
}

/** A = r minus the group's mean, not divided by its deviation (Dr. GRPO, arXiv 2503.20783): that would make much of easy and of hard problems. */
function advantagesOf({ rollouts }: RewardedGroup): readonly (PolicySample & { readonly advantage: number })[] {
  const mean = rollouts.reduce((sum, { reward }) => sum + reward.value, 0) / rollouts.length;
  return rollouts
    .filter(({ tokenIds }) => tokenIds.length > 0)
    .map((rollout) => ({ ...sampleOf(rollout), advantage: rollout.reward.value - mean }));
}

/** The best path with the worst, the second best with the second worst, and so on, of different texts. */
function pairsOf({
  rollouts,
}: RewardedGroup): readonly { readonly chosen: PolicySample; readonly rejected: PolicySample }[] {
  const distinct = [...new Map(rollouts.map((rollout) => [rollout.tokenIds.join(), rollout])).values()];
  const ranked = distinct.filter(({ tokenIds }) => tokenIds.length > 0).sort((a, b) => b.reward.value - a.reward.value);
  const pairs: { chosen: PolicySample; rejected: PolicySample }[] = [];
  for (let i = 0; i < Math.min(PAIRS_PER_PROBLEM, Math.floor(ranked.length / 2)); i++) {
    const [better, worse] = [ranked[i], ranked[ranked.length - 1 - i]];
    if (!better || !worse || better.reward.value - worse.reward.value < SAME) break;
    pairs.push({ chosen: sampleOf(better), rejected: sampleOf(worse) });
  }
  return pairs;
}

/** What of a path a policy learns from. */
export function sampleOf({ prompt, tokenIds, logProbs }: Rollout): PolicySample {
  return { prompt, tokenIds, logProbs };
}
