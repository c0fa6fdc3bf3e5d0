import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../../core/config";
import { LabError } from "../../core/errors";
import type { ScoredProblem } from "../../core/problem";
import { replay } from "../../core/run/fold";
import type { PolicyModel } from "../../ports/policy-model";
import { atRandom, createScriptedModel, inTurn } from "../../testing/scripted/model";
import { createScriptedRunner } from "../../testing/scripted/runner";
import { PRESETS } from "../spec/presets";
import { type EvaluationReport, type EvaluationRequest, evaluate } from "./evaluate";

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
  budget: { numSimulations, maxTokens: null, maxSeconds: null, stopAtPass: false },
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

  it("asks no more of a model than it can do at once, and joins nothing for one that says how much", async () => {
    const model = createScriptedModel(atRandom(script));
    const underWay = async (limit: number) => {
      let now = 0;
      let most = 0;
      const policy: PolicyModel = {
        info: { ...model.info, batching: { kind: "requests", limit } },
        sample: async (requests) => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setTimeout(resolve, 1));
          now--;
          return model.sample(requests);
        },
      };
      await finish(requestOf({ ports: { policy, runner }, freshSamples: 0 }));
      return most;
    };
    expect(await underWay(1)).toBe(1);
    expect(await underWay(5)).toBe(5);
  });

  it("hands out each problem's log when it is asked to", async () => {
    const evaluation = evaluate(requestOf({ keepLogs: true, concurrency: 1 }));
    const first = await evaluation.next();
    if (first.done) throw new Error("it is over");
    const { log = [], outcome } = first.value;
    expect(replay(log).tokens).toEqual({
      sampled: outcome.tokens,
      prompt: outcome.promptTokens,
      prefilled: outcome.prefilledTokens,
      scorer: 0,
    });
    expect(log.at(-1)?.event.type).toBe("hiddenJudged");
    const without = await evaluate(requestOf()).next();
    expect(without.value).not.toHaveProperty("log");
  });

  it("goes on past a problem that cannot be run, and says why", async () => {
    const [first, ...rest] = problems;
    if (!first) throw new Error("no problem");
    const python: ScoredProblem = { ...first, problem: { ...first.problem, language: "python" } };
    const { report, done } = await finish(requestOf({ problems: [python, ...rest] }));
    expect(done).toHaveLength(12);
    expect(report.passAt1.n).toBe(12);
    expect(report.outcomes[0]).toMatchObject({
      solved: false,
      ended: "error",
      message: "The tiny model writes JavaScript, but this problem is in Python.",
      tokens: 0,
    });
  });

  it("refuses settings that cannot be met before the first problem", async () => {
    await expect(evaluate(requestOf({ config: config("beam", 1) })).next()).rejects.toMatchObject({
      code: "input/no-scorer",
    });
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

  it("stops what is under way when nobody reads on", async () => {
    const model = createScriptedModel(atRandom(script));
    const signals: (AbortSignal | undefined)[] = [];
    const policy: PolicyModel = {
      info: { ...model.info, batching: { kind: "requests", limit: 12 } },
      sample: (requests, signal) => {
        signals.push(signal);
        // The first problem is answered, the others wait for ever.
        return signals.length === 1 ? model.sample(requests) : new Promise(() => undefined);
      },
    };
    for await (const { done } of evaluate(requestOf({ ports: { policy, runner }, freshSamples: 0 }))) {
      expect(done).toBe(1);
      break;
    }
    expect(signals).toHaveLength(12);
    expect(signals.slice(1).every((signal) => signal?.aborted)).toBe(true);
  });

  it("reports what is finished when it is stopped", async () => {
    const stop = new AbortController();
    const evaluation = evaluate(requestOf({ signal: stop.signal, concurrency: 1 }));
    await evaluation.next();
    stop.abort();
    const next = await evaluation.next();
    expect(next.done).toBe(true);
  });

  it("goes by the visible tests where there are no hidden ones", async () => {
    const open = problems.map(({ problem }) => ({ problem, hiddenTests: [] }));
    const [hidden, visible] = await Promise.all([finish(requestOf()), finish(requestOf({ problems: open }))]);
    expect(visible.report).toEqual(hidden.report);
    const untested = open.map(({ problem }) => ({ problem: { ...problem, visibleTests: [] }, hiddenTests: [] }));
    expect((await finish(requestOf({ problems: untested }))).report.passAt1.value).toBe(0);
  });

  it("counts a problem as failed when its fresh samples were, and goes on", async () => {
    const scripted = createScriptedModel(atRandom(script));
    let isBroken = true;
    const policy: PolicyModel = {
      ...scripted,
      sample: async (requests) => {
        const isFresh = requests.some(({ count }) => count === 20);
        if (isFresh && isBroken) {
          isBroken = false;
          throw new LabError("model/server", "The endpoint failed.");
        }
        return scripted.sample(requests);
      },
    };
    const { report } = await finish(requestOf({ ports: { policy, runner }, concurrency: 1 }));
    expect(report.outcomes).toHaveLength(12);
    const failed = report.outcomes.filter(({ ended }) => ended === "error");
    expect(failed).toMatchObject([{ solved: false, message: "The endpoint failed.", freshPassShare: null }]);
  });

  it("counts a problem as stopped when its fresh samples were", async () => {
    const stop = new AbortController();
    const model = createScriptedModel(atRandom(script));
    const policy: PolicyModel = {
      info: { ...model.info, batching: { kind: "sequences", count: 1 } },
      sample: async (requests, signal) => {
        if (requests[0]?.count !== 20) return model.sample(requests, signal);
        stop.abort();
        await new Promise((resolve) => setTimeout(resolve, 0));
        signal?.throwIfAborted();
        return model.sample(requests, signal);
      },
    };
    const { report } = await finish(requestOf({ ports: { policy, runner }, signal: stop.signal }));
    expect(report.outcomes.at(-1)).toMatchObject({ solved: true, ended: "stopped", freshPassShare: null });
    expect(report.outcomes.slice(0, -1).every(({ ended }) => ended === "budget")).toBe(true);
  });
});

describe("the first program that passes", () => {
  /** The first sample passes what it sees and is wrong, the second is right, and so are all after it. */
  const turns = { "<think>": ["sly", "right", "right"].map((c) => `<define>d<end><code>${c}<end><eos>`) };
  const seesThrough = createScriptedRunner((code, { input, expected }) =>
    code === "right" || input[0] === 1 ? expected : -1,
  );

  async function firstOutcome(change: Partial<SearchConfig["budget"]>) {
    const ports = { policy: createScriptedModel(inTurn(turns)), runner: seesThrough };
    const base = config("best-of-n", 3);
    const changed = { ...base, budget: { ...base.budget, ...change } };
    let clock = 0;
    const now = () => clock++;
    const request = { problems: problems.slice(0, 1), config: changed, ports, freshSamples: 0, now };
    return (await finish(requestOf(request))).report.outcomes[0];
  }

  it("is noted with what it cost, and judged on the hidden tests after the run", async () => {
    const outcome = await firstOutcome({});
    expect(outcome).toMatchObject({ solved: true, ended: "budget", firstPass: { solved: false } });
    expect(outcome?.firstPass?.tokens).toBe(outcome?.tokens);
    expect(outcome?.firstPass?.ms).toBeLessThan(outcome?.wallMs ?? 0);
  });

  it("ends the run where the budget says so", async () => {
    const outcome = await firstOutcome({ stopAtPass: true });
    expect(outcome).toMatchObject({ solved: false, ended: "passed", simulations: 1, firstPass: { solved: false } });
    expect(outcome?.tokens).toBe(7);
  });
});
