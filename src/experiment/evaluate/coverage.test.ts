import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../../core/config";
import type { ScoredProblem } from "../../core/problem";
import { passAtK } from "../../core/stats";
import type { PolicyModel } from "../../ports/policy-model";
import { atRandom, createScriptedModel } from "../../testing/scripted/model";
import { createScriptedRunner } from "../../testing/scripted/runner";
import { strategyConfig } from "../spec/presets";
import { type CoverageReport, coverage, coverageByTier, type SampledProblem } from "./coverage";

const problems: readonly ScoredProblem[] = Array.from({ length: 6 }, (_, i) => ({
  problem: {
    id: `p${i}`,
    title: `P${i}`,
    statement: `Add ${i}.`,
    language: "javascript",
    entryPoint: "solve",
    visibleTests: [{ input: [1], expected: i + 1 }],
    tier: i % 2 === 0 ? "described" : "hinted",
  },
  hiddenTests: [{ input: [2], expected: i + 2 }],
}));

/** Right one time in four, code at once two times in four; one path in four is none. */
const model = createScriptedModel(
  atRandom({
    "<think>": ["r", "w", "v", ""].map((c) => `<define>d<end><code>${c}<end><eos>`),
    "<vanilla>": [..."rrwv"].map((c) => `<code>${c}<end><eos>`),
  }),
);

/** The same model, whose likeliest answer is right. */
const policy: PolicyModel = {
  ...model,
  sample: async (requests, signal) => {
    const results = await model.sample(requests, signal);
    return results.map((result, i) =>
      requests[i]?.temperature === 0
        ? {
            ...result,
            completions: result.completions.map((each) => ({
              ...each,
              text: each.text.replace(/[wv]|(?<=<code>)(?=<)/, "r"),
            })),
          }
        : result,
    );
  },
};

const runner = createScriptedRunner((code, { expected }) => (code === "r" ? expected : -1));

async function report(config: SearchConfig, concurrency = 1): Promise<CoverageReport> {
  const request = { problems, ports: { policy, runner }, config, seed: 3, now: () => 0, concurrency };
  const measured = coverage(request);
  for (;;) {
    const next = await measured.next();
    if (next.done) return next.value;
  }
}

describe("what a policy can do by itself", () => {
  it("is its greedy answer and pass@k of independent samples, of each tier", async () => {
    const { all, tiers, outcomes } = await report(strategyConfig("sample", 40));
    expect(all).toMatchObject({ problems: 6, greedy: { value: 1, n: 6 } });
    expect(all.passAtK.map(({ k }) => k)).toEqual([1, 2, 4, 8, 16, 32]);
    expect(Object.keys(tiers)).toEqual(["described", "hinted"]);
    const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
    expect(all.passAtK[0]?.value).toBeCloseTo(passed / 240, 12);
    expect(passed / 240).toBeGreaterThan(0.1);
    expect(passed / 240).toBeLessThan(0.4);
    const values = all.passAtK.map(({ value }) => value);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    for (const { samples, programs, tokens } of outcomes) {
      expect([samples, programs]).toEqual([40, 3]);
      expect(tokens).toBeGreaterThan(40);
    }
  });

  it("begins with the same samples however many there are, whatever else goes on", async () => {
    const few = await report(strategyConfig("vanilla", 16));
    expect(await report(strategyConfig("vanilla", 16), 6)).toEqual(few);
    const more = await report(strategyConfig("vanilla", 20));
    for (const [i, { passed }] of few.outcomes.entries()) {
      const extra = (more.outcomes[i]?.passed ?? Number.NaN) - passed;
      expect(extra).toBeGreaterThanOrEqual(0);
      expect(extra).toBeLessThanOrEqual(4);
    }
  });

  it("counts a problem of several runs once", () => {
    const outcome = (id: string, greedy: boolean, passed: number): SampledProblem => {
      return { id, tier: "hinted", greedy, samples: 4, passed, programs: 2, tokens: 9 };
    };
    const { all } = coverageByTier(
      [outcome("a", true, 4), outcome("b", false, 0), outcome("a", false, 1), outcome("b", false, 1)],
      1,
    );
    expect(all).toMatchObject({ problems: 2, greedy: { value: 0.25, n: 2 } });
    expect(all.passAtK.map(({ value }) => value)).toEqual([
      (1 + 0.25 + 0 + 0.25) / 4,
      expect.closeTo((1 + 0 + 2 * passAtK(4, 1, 2)) / 4, 12),
      expect.closeTo(3 / 4, 12),
    ]);
  });

  it("takes pass@k of the runs that drew so many samples", () => {
    const outcome = (id: string, samples: number, passed: number): SampledProblem => {
      return { id, tier: "hinted", greedy: true, samples, passed, programs: 2, tokens: 9 };
    };
    const { all } = coverageByTier([outcome("a", 4, 2), outcome("b", 4, 0), outcome("a", 1, 1)], 1);
    expect(all.passAtK.map(({ k, value }) => [k, value])).toEqual([
      [1, (0.75 + 0) / 2],
      [2, expect.closeTo(passAtK(4, 2, 2) / 2, 12)],
      [4, 0.5],
    ]);
    expect(coverageByTier([outcome("a", 4, 2), outcome("b", 2, 0)], 1).all.passAtK.map(({ k }) => k)).toEqual([1, 2]);
  });

  it("is nothing without problems", () => {
    expect(coverageByTier([], 1)).toMatchObject({ all: { problems: 0, passAtK: [] }, tiers: {} });
  });
});
