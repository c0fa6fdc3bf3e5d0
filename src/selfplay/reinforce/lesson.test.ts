import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemOf } from "../../testing/problem";
import "../../testing/property-seed";
import { isEven, lessonOf, type RewardedGroup, rewarded } from "./lesson";
import type { Rollout } from "./rollouts";

/** A path of one token, which tells it from the others. */
function path(token: number, outcome: number, process: readonly number[] | null = null): Rollout {
  const known = {
    prompt: "p",
    tokenIds: [token],
    logProbs: [-token],
    steps: [],
    ends: [1],
    isCut: false,
    verdicts: [],
  };
  return { ...known, outcome, process };
}

function group(rollouts: readonly Rollout[], alpha = 1, gamma = 1): RewardedGroup {
  const [found] = rewarded([{ problem: problemOf(), rollouts }], alpha, gamma);
  if (!found) throw new RangeError("no group");
  return found;
}

const advantages = (groups: readonly RewardedGroup[]) => {
  const lesson = lessonOf("policy-gradient", groups);
  return lesson.method === "policy-gradient" ? lesson.samples.map(({ advantage }) => advantage) : [];
};

const pairs = (groups: readonly RewardedGroup[]) => {
  const lesson = lessonOf("dpo", groups);
  return lesson.method === "dpo"
    ? lesson.pairs.map(({ chosen, rejected }) => [chosen.tokenIds[0], rejected.tokenIds[0]])
    : [];
};

describe("a policy gradient's lesson", () => {
  it("is what each path is worth beyond the mean of its group, not divided by anything", () => {
    const uneven = group([path(1, 1), path(2, 0), path(3, 0), path(4, 0)]);
    expect(advantages([uneven])).toEqual([0.75, -0.25, -0.25, -0.25]);
    // 0.5 * 1 + 0.5 * (0.8 + 0.4) / 2 = 0.8 against 0.5 * 0.2 = 0.1
    const scored = group([path(1, 1, [0.8, 0.4]), path(2, 0, [0.2])], 0.5);
    expect(advantages([scored])).toEqual([expect.closeTo(0.35, 12), expect.closeTo(-0.35, 12)]);
  });

  it("leaves groups out whose paths are all worth the same, and paths without a token", () => {
    const even = group([path(1, 1), path(2, 1)]);
    expect([isEven(even), advantages([even])]).toEqual([true, []]);
    const silent = { ...path(3, 0), tokenIds: [], logProbs: [] };
    expect(advantages([even, group([path(1, 1), silent])])).toEqual([0.5]);
  });

  it("sums to nothing in every group", () => {
    const paths = fc.array(
      fc.tuple(fc.constantFrom(0, 0.25, 1), fc.array(fc.double({ min: 0, max: 1, noNaN: true }))),
      { minLength: 2 },
    );
    const property = fc.property(paths, fc.double({ min: 0, max: 1, noNaN: true }), (given, alpha) => {
      const own = group(
        given.map(([outcome, process], i) => path(i, outcome, process)),
        alpha,
        0.9,
      );
      expect(advantages([own]).reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 9);
    });
    fc.assert(property);
  });
});

describe("DPO's lesson", () => {
  it("pairs the best path with the worst, the next best with the next worst, while they differ", () => {
    expect(pairs([group([path(1, 0), path(2, 1), path(3, 0), path(4, 1), path(5, 1)])])).toEqual([
      [2, 3],
      [4, 1],
    ]);
    const ranked = group([path(1, 0, [0.1]), path(2, 0, [0.9]), path(3, 0, [0.5]), path(4, 0, [0.5])], 0.5);
    expect(pairs([ranked])).toEqual([[2, 1]]);
    expect(pairs([group([path(1, 1), path(2, 1)])])).toEqual([]);
  });

  it("has four pairs of a problem at most, and none of a text with itself", () => {
    const many = [...Array(16).keys()].map((i) => path(i, i < 8 ? 1 : 0));
    expect(pairs([group(many), group(many)])).toHaveLength(8);
    expect(pairs([group([path(1, 1), path(1, 1), path(2, 0), path(2, 0)])])).toEqual([[1, 2]]);
  });
});
