import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../core/config";
import type { ScoredProblem } from "../core/problem";
import { atRandom, createScriptedModel } from "../engines/scripted/model";
import { createScriptedRunner } from "../engines/scripted/runner";
import type { PolicyModel } from "../ports/policy-model";
import { type EvaluationReport, type EvaluationRequest, evaluate } from "./evaluate";
import { PRESETS } from "./presets";

const problems: readonly ScoredProblem[] = Array.from({ length: 12 }, (_, i) => ({
  problem: {
    id: `p${i}`,
    title: `P${i}`,
    statement: `Add ${i}.`,
    language: "javascript",
    entryPoint: "solve",
    visibleTests: [{ input: [1], expected: i + 1 }],
    tier: "described",
  },
  hiddenTests: [{ input: [2], expected: i + 2 }],
}));

/** Right two times in four; once the path is known, right three times in four. */
const script = {
  "<think>": [..."rwrw"].map((c) => `<define>d<end><code>${c}<end><eos>`),
  "<define>d<end>": [..."rrrw"].map((c) => `<code>${c}<end><eos>`),
  "<vanilla>": [..."rwww"].map((c) => `<code>${c}<end><eos>`),
};

const runner = createScriptedRunner((code, { expected }) => (code === "r" ? expected : -1));

const config = (strategy: SearchConfig["strategy"], numSimulations: number): SearchConfig => ({
  ...PRESETS["mcts-tiny"],
  strategy,
  budget: { numSimulations, maxTokens: null, maxSeconds: null },
  numGeneratedTests: 0,
});

function requestOf(change: Partial<EvaluationRequest> = {}): EvaluationRequest {
  const policy = createScriptedModel(atRandom(script));
  return {
    problems,
    config: config("sample", 1),
    seed: 3,
    ports: { policy, runner },
    freshSamples: 20,
    now: () => 0,
    ...change,
  };
}

async function finish(
  request: EvaluationRequest,
): Promise<{ readonly report: EvaluationReport; readonly done: readonly number[] }> {
  const evaluation = evaluate(request);
  const done: number[] = [];
  for (;;) {
    const next = await evaluation.next();
    if (next.done) return { report: next.value, done };
    done.push(next.value.done);
  }
}

describe("an evaluation", () => {
  it("reports each problem once, in the given order, with figures that agree with them", async () => {
    const { report, done } = await finish(requestOf());
    expect(done).toEqual(problems.map((_, i) => i + 1));
    expect(report.outcomes.map(({ id }) => id)).toEqual(problems.map(({ problem }) => problem.id));
    const solved = report.outcomes.filter((outcome) => outcome.solved);
    expect(report.passAt1.value).toBe(solved.length / 12);
    expect(solved.length).toBeGreaterThan(1);
    expect(solved.length).toBeLessThan(11);
    expect(report.tokensPerProblem).toBe(7);
    expect(report.tokensPerSolved).toBe((7 * 12) / solved.length);
    expect(report.aspr?.problems).toBe(solved.length);
    expect(report.aspr?.value).toBeGreaterThan(0.5);
    expect(report.aspr?.value).toBeLessThan(0.95);
  });

  it("does not depend on how many problems go on at once", async () => {
    const alone = await finish(requestOf({ concurrency: 1 }));
    const together = await finish(requestOf({ concurrency: 12 }));
    expect(together.report).toEqual(alone.report);
  });

  it("joins the requests of problems that go on at once", async () => {
    const model = createScriptedModel(atRandom(script));
    const sizes: number[] = [];
    const policy: PolicyModel = {
      ...model,
      sample: (requests) => {
        sizes.push(requests.length);
        return model.sample(requests);
      },
    };
    await finish(requestOf({ ports: { policy, runner }, freshSamples: 0, concurrency: 12 }));
    expect(sizes).toEqual([12]);
  });

  it("measures code at once from the bare problem", async () => {
    const { report } = await finish(requestOf({ config: config("vanilla", 1), freshSamples: 100 }));
    expect(report.aspr?.value).toBeGreaterThan(0.15);
    expect(report.aspr?.value).toBeLessThan(0.35);
  });

  it("shows what search is worth", async () => {
    const sample = await finish(requestOf());
    const mcts = await finish(requestOf({ config: config("mcts", 16) }));
    expect(mcts.report.passAt1.value).toBe(1);
    expect(mcts.report.passAt1.value).toBeGreaterThan(sample.report.passAt1.value);
    expect(mcts.report.tokensPerProblem).toBeGreaterThan(sample.report.tokensPerProblem);
  });

  it("counts a failed run as unsolved and says why", async () => {
    const model = createScriptedModel(atRandom(script));
    const policy: PolicyModel = { ...model, sample: () => Promise.reject(new Error("out of memory")) };
    const { report } = await finish(requestOf({ ports: { policy, runner } }));
    expect(report.passAt1).toMatchObject({ value: 0, n: 12 });
    expect(report.outcomes[0]).toMatchObject({ ended: "error", message: "out of memory" });
    expect(report.aspr).toBeNull();
  });

  it("reports what is finished when it is stopped", async () => {
    const stop = new AbortController();
    const evaluation = evaluate(requestOf({ signal: stop.signal, concurrency: 1 }));
    await evaluation.next();
    stop.abort();
    const next = await evaluation.next();
    expect(next.done).toBe(true);
  });
});
